using Clip.Kernels.Contracts;
using Clip.Kernels.Float32.Memory;
using Clip.Kernels.Float32.Products;
using Clip.Kernels.Float32.Simd;
using Clip.Kernels.Float32.Threads;
using Clip.Kernels.Weights;

namespace Clip.Kernels.Float32.Operators;

/// <summary>A 3 x 3 convolution as one matrix product.</summary>
/// <typeparam name="TSimd">The arithmetic.</typeparam>
/// <typeparam name="TVector">Its vectors.</typeparam>
internal sealed unsafe class Convolution3x3<TSimd, TVector> : IConvolution3x3
    where TSimd : struct, ISimd<TVector>
    where TVector : struct
{
    private readonly PackedMatrix<TSimd, TVector> _weights;
    private readonly NativeFloats _zeros;

    /// <summary>Folds the norm into the weights and packs them.</summary>
    public Convolution3x3(NormedConvolution convolution)
    {
        _weights = PackedMatrix<TSimd, TVector>.Of(convolution);
        _zeros = new NativeFloats(convolution.Weight.shape[1]);
    }

    /// <inheritdoc/>
    public nint Outputs => _weights.Outputs;

    /// <summary>The way that is faster for an image.</summary>
    /// <param name="convolution">The weights.</param>
    /// <param name="height">Rows of the image.</param>
    /// <param name="width">Columns of the image.</param>
    public static IConvolution3x3 Fastest(NormedConvolution convolution, nint height, nint width) =>
        WinogradConvolution<TSimd, TVector>.Suits(convolution, height, width)
            ? new WinogradConvolution<TSimd, TVector>(convolution)
            : new Convolution3x3<TSimd, TVector>(convolution);

    /// <inheritdoc/>
    public nint ScratchLength(nint height, nint width, int threads) => 0;

    /// <inheritdoc/>
    public FeatureMap Compute(ThreadTeam team, FeatureMap input, float* output, float* scratch)
    {
        MatrixProduct<TSimd, TVector>.Compute(
            team, new Convolution3x3Rows(input, _zeros.Pointer), input.Positions, _weights, output, Outputs, activation: FusedActivation.Relu);
        return new((nint)output, input.Height, input.Width, Outputs);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _weights.Dispose();
        _zeros.Dispose();
    }
}
