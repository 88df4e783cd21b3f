using Clip.Kernels.Contracts;
using Clip.Kernels.Float32.Memory;
using Clip.Kernels.Float32.Products;
using Clip.Kernels.Float32.Simd;
using Clip.Kernels.Float32.Threads;
using Clip.Kernels.Weights;

namespace Clip.Kernels.Float32.Operators;

/// <summary>A 1 x 1 convolution with the batch norm behind it, as a product of matrices.</summary>
/// <typeparam name="TSimd">The arithmetic.</typeparam>
/// <typeparam name="TVector">Its vectors.</typeparam>
internal sealed unsafe class PointwiseConvolution<TSimd, TVector> : IDisposable
    where TSimd : struct, ISimd<TVector>
    where TVector : struct
{
    private readonly PackedMatrix<TSimd, TVector> _weights;

    /// <summary>Folds the norm into the weights and packs them.</summary>
    public PointwiseConvolution(NormedConvolution convolution)
    {
        _weights = PackedMatrix<TSimd, TVector>.Of(convolution);
    }

    /// <summary>Convolves an image; every thread of the team a share.</summary>
    /// <param name="team">Who works on it.</param>
    /// <param name="input">The image.</param>
    /// <param name="output">Where to write the result.</param>
    /// <param name="addends">Added before the activation, in the layout of the result, which it may be; or null.</param>
    /// <param name="activation">What to compute of the result; null for nothing.</param>
    public FeatureMap Compute(ThreadTeam team, FeatureMap input, float* output, float* addends, FusedActivation? activation)
    {
        var rows = new PlainRows(input.First, input.Channels, input.Channels);
        MatrixProduct<TSimd, TVector>.Compute(team, rows, input.Positions, _weights, output, _weights.Outputs, addends, activation);
        return new((nint)output, input.Height, input.Width, _weights.Outputs);
    }

    /// <inheritdoc/>
    public void Dispose() => _weights.Dispose();
}
