using Clip.Kernels.Contracts;
using Clip.Kernels.Float32.Simd;

namespace Clip.Kernels.Float32.Training;

/// <summary>Sends a tile of gradients back through an activation.</summary>
/// <param name="activation">The activation.</param>
/// <param name="inputs">What it was computed of, in the layout of the result.</param>
/// <typeparam name="TSimd">The arithmetic.</typeparam>
/// <typeparam name="TVector">Its vectors.</typeparam>
internal readonly unsafe struct ActivationGradientEnd<TSimd, TVector>(FusedActivation activation, float* inputs) : ITileEnd
    where TSimd : struct, ISimd<TVector>
    where TVector : struct
{
    public void Finish(float* tile, nint stride, nint row, nint column, int rows, int width)
    {
        for (var i = 0; i < rows; i++)
            DifferentiableActivations<TSimd, TVector>.SendBack(activation, inputs + (row + i) * stride + column, tile + i * stride, width);
    }
}
