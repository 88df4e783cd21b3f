namespace Clip.Runtime.Kernels.Float32;

/// <summary>A convolution of single places with the batch norm behind it, as a product of matrices.</summary>
/// <typeparam name="TSimd">The arithmetic.</typeparam>
/// <typeparam name="TVector">Its vectors.</typeparam>
internal sealed unsafe class PointConvolution<TSimd, TVector> : IDisposable
    where TSimd : struct, ISimd<TVector>
    where TVector : struct
{
    private readonly PackedMatrix<TSimd, TVector> _weights;

    /// <summary>Folds the norm into the weights and packs them.</summary>
    public PointConvolution(NormedConvolution convolution)
    {
        _weights = PackedMatrix<TSimd, TVector>.Of(convolution);
    }

    /// <summary>Convolves a picture; every worker of the crew a share.</summary>
    /// <param name="crew">Who works on it.</param>
    /// <param name="input">The picture.</param>
    /// <param name="output">Where to write the result.</param>
    /// <param name="addends">Added before the activation, in the layout of the result, which it may be; or null.</param>
    /// <param name="activation">What to compute of the result; null for nothing.</param>
    public Picture Compute(Crew crew, Picture input, float* output, float* addends, FusedActivation? activation)
    {
        var rows = new PlainRows(input.First, input.Channels, input.Channels);
        MatrixProduct<TSimd, TVector>.Compute(crew, rows, input.Places, _weights, output, _weights.Outputs, addends, activation);
        return new((nint)output, input.Height, input.Width, _weights.Outputs);
    }

    /// <inheritdoc/>
    public void Dispose() => _weights.Dispose();
}
