using Clip.Kernels.Contracts;
using Clip.Kernels.Float32.Simd;

namespace Clip.Kernels.Float32.Training;

/// <summary>Keeps a tile for the backward pass, and writes its activation elsewhere.</summary>
/// <param name="activation">The activation.</param>
/// <param name="target">Where the whole result's activation goes, in the layout of the result.</param>
/// <typeparam name="TSimd">The arithmetic.</typeparam>
/// <typeparam name="TVector">Its vectors.</typeparam>
internal readonly unsafe struct ActivationEnd<TSimd, TVector>(FusedActivation activation, float* target) : ITileEnd
    where TSimd : struct, ISimd<TVector>
    where TVector : struct
{
    public void Finish(float* tile, nint stride, nint row, nint column, int rows, int width) =>
        DifferentiableActivations<TSimd, TVector>.Apply(activation, tile, target + row * stride + column, stride, rows, width);
}
