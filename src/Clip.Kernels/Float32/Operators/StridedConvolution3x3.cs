using Clip.Kernels.Contracts;
using Clip.Kernels.Float32.Memory;
using Clip.Kernels.Float32.Products;
using Clip.Kernels.Float32.Simd;
using Clip.Kernels.Float32.Threads;
using Clip.Kernels.Weights;

namespace Clip.Kernels.Float32.Operators;

/// <summary>The first convolution of a ResNet: 3 x 3 pixels at a stride of 2, with the batch norm behind it and ReLU.</summary>
/// <typeparam name="TSimd">The arithmetic.</typeparam>
/// <typeparam name="TVector">Its vectors.</typeparam>
internal sealed unsafe class StridedConvolution3x3<TSimd, TVector> : IDisposable
    where TSimd : struct, ISimd<TVector>
    where TVector : struct
{
    private readonly PackedMatrix<TSimd, TVector> _weights;

    /// <summary>Folds the norm into the weights and packs them.</summary>
    public StridedConvolution3x3(NormedConvolution convolution)
    {
        _weights = PackedMatrix<TSimd, TVector>.Of(convolution);
    }

    /// <summary>Convolves pixels; every thread of the team a share.</summary>
    /// <param name="team">Who works on it.</param>
    /// <param name="padded">Pixels, channels last, with a border of zeros one position wide.</param>
    /// <param name="output">Where to write the result.</param>
    public FeatureMap Compute(ThreadTeam team, FeatureMap padded, float* output)
    {
        var (height, width) = ((padded.Height - 1) / 2, (padded.Width - 1) / 2);
        MatrixProduct<TSimd, TVector>.Compute(
            team, new StridedConvolution3x3Rows(padded), height * width, _weights, output, _weights.Outputs, activation: FusedActivation.Relu);
        return new((nint)output, height, width, _weights.Outputs);
    }

    /// <inheritdoc/>
    public void Dispose() => _weights.Dispose();
}
