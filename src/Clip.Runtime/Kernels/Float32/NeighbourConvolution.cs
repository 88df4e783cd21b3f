namespace Clip.Runtime.Kernels.Float32;

/// <summary>A convolution of 3 x 3 places as one product of matrices.</summary>
/// <typeparam name="TSimd">The arithmetic.</typeparam>
/// <typeparam name="TVector">Its vectors.</typeparam>
internal sealed unsafe class NeighbourConvolution<TSimd, TVector> : INeighbourConvolution
    where TSimd : struct, ISimd<TVector>
    where TVector : struct
{
    private readonly PackedMatrix<TSimd, TVector> _weights;
    private readonly NativeFloats _zeros;

    /// <summary>Folds the norm into the weights and packs them.</summary>
    public NeighbourConvolution(NormedConvolution convolution)
    {
        _weights = PackedMatrix<TSimd, TVector>.Of(convolution);
        _zeros = new NativeFloats(convolution.Weight.shape[1]);
    }

    /// <inheritdoc/>
    public nint Outputs => _weights.Outputs;

    /// <summary>The way that is faster for a picture.</summary>
    /// <param name="convolution">The weights.</param>
    /// <param name="height">Rows of the picture.</param>
    /// <param name="width">Columns of the picture.</param>
    public static INeighbourConvolution Fastest(NormedConvolution convolution, nint height, nint width) =>
        WinogradConvolution<TSimd, TVector>.Suits(convolution, height, width)
            ? new WinogradConvolution<TSimd, TVector>(convolution)
            : new NeighbourConvolution<TSimd, TVector>(convolution);

    /// <inheritdoc/>
    public nint ScratchLength(nint height, nint width, int workers) => 0;

    /// <inheritdoc/>
    public Picture Compute(Crew crew, Picture input, float* output, float* scratch)
    {
        MatrixProduct<TSimd, TVector>.Compute(
            crew, new NeighbourRows(input, _zeros.Pointer), input.Places, _weights, output, Outputs, activation: FusedActivation.Relu);
        return new((nint)output, input.Height, input.Width, Outputs);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _weights.Dispose();
        _zeros.Dispose();
    }
}
