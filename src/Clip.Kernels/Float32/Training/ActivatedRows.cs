using Clip.Kernels.Contracts;
using Clip.Kernels.Float32.Simd;

namespace Clip.Kernels.Float32.Training;

/// <summary>The activations of rows, computed again rather than kept; derivatives take the place of what they are computed of.</summary>
/// <param name="activation">The activation.</param>
/// <param name="inputs">What it is computed of, dense; each row is asked for once.</param>
/// <param name="width">Elements of a row.</param>
/// <typeparam name="TSimd">The arithmetic.</typeparam>
/// <typeparam name="TVector">Its vectors.</typeparam>
internal readonly unsafe struct ActivatedRows<TSimd, TVector>(FusedActivation activation, float* inputs, nint width) : IRows
    where TSimd : struct, ISimd<TVector>
    where TVector : struct
{
    public float* Get(nint row, float* buffer)
    {
        DifferentiableActivations<TSimd, TVector>.ApplyAndDerive(activation, inputs + row * width, buffer, width);
        return buffer;
    }
}
