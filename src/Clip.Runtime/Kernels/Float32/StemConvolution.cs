namespace Clip.Runtime.Kernels.Float32;

/// <summary>The first convolution of a ResNet: 3 x 3 pixels at a stride of 2, with the batch norm behind it and ReLU.</summary>
/// <typeparam name="TSimd">The arithmetic.</typeparam>
/// <typeparam name="TVector">Its vectors.</typeparam>
internal sealed unsafe class StemConvolution<TSimd, TVector> : IDisposable
    where TSimd : struct, ISimd<TVector>
    where TVector : struct
{
    private readonly PackedMatrix<TSimd, TVector> _weights;

    /// <summary>Folds the norm into the weights and packs them.</summary>
    public StemConvolution(NormedConvolution convolution)
    {
        _weights = PackedMatrix<TSimd, TVector>.Of(convolution);
    }

    /// <summary>Convolves pixels; every worker of the crew a share.</summary>
    /// <param name="crew">Who works on it.</param>
    /// <param name="padded">Pixels, channels last, with a border of zeros one place wide.</param>
    /// <param name="output">Where to write the result.</param>
    public Picture Compute(Crew crew, Picture padded, float* output)
    {
        var (height, width) = ((padded.Height - 1) / 2, (padded.Width - 1) / 2);
        MatrixProduct<TSimd, TVector>.Compute(
            crew, new StemRows(padded), height * width, _weights, output, _weights.Outputs, activation: FusedActivation.Relu);
        return new((nint)output, height, width, _weights.Outputs);
    }

    /// <inheritdoc/>
    public void Dispose() => _weights.Dispose();
}
