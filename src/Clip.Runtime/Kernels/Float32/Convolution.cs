namespace Clip.Runtime.Kernels.Float32;

/// <summary>A convolution of 1 x 1 or 3 x 3 places with the batch norm behind it, as a product of matrices.</summary>
/// <typeparam name="TSimd">The arithmetic.</typeparam>
/// <typeparam name="TVector">Its vectors.</typeparam>
internal sealed unsafe class Convolution<TSimd, TVector> : IDisposable
    where TSimd : struct, ISimd<TVector>
    where TVector : struct
{
    private readonly PackedMatrix<TSimd, TVector> _weights;
    private readonly NativeFloats _zeros;
    private readonly bool _looksAround;

    /// <summary>Folds the norm into the weights and packs them.</summary>
    public Convolution(NormedConvolution convolution)
    {
        var (weight, bias) = convolution.Fold();
        _looksAround = weight.shape[3] > 1;
        _weights = new(weight.permute(0, 2, 3, 1).flatten(1), bias);
        _zeros = new NativeFloats(weight.shape[1]);
    }

    /// <summary>Channels of the result.</summary>
    public nint Outputs => _weights.Outputs;

    /// <summary>Convolves a picture, with a border of zeros; every worker of the crew a share.</summary>
    /// <param name="crew">Who works on it.</param>
    /// <param name="input">The picture.</param>
    /// <param name="output">Where to write the result.</param>
    /// <param name="addends">Added before the activation, in the layout of the result, which it may be; or null.</param>
    /// <param name="activation">What to compute of the result; null for nothing.</param>
    public Picture Compute(Crew crew, Picture input, float* output, float* addends, FusedActivation? activation)
    {
        if (_looksAround)
            Multiply(crew, new NeighbourRows(input, _zeros.Pointer), input.Places, output, addends, activation);
        else
            Multiply(crew, new PlainRows(input.First, input.Channels, input.Channels), input.Places, output, addends, activation);
        return new((nint)output, input.Height, input.Width, Outputs);
    }

    /// <summary>Convolves the pixels at a stride of 2, with ReLU.</summary>
    /// <param name="crew">Who works on it.</param>
    /// <param name="padded">Pixels, channels last, with a border of zeros one place wide.</param>
    /// <param name="output">Where to write the result.</param>
    public Picture ComputeStem(Crew crew, Picture padded, float* output)
    {
        var (height, width) = ((padded.Height - 1) / 2, (padded.Width - 1) / 2);
        Multiply(crew, new StemRows(padded), height * width, output, null, FusedActivation.Relu);
        return new((nint)output, height, width, Outputs);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _weights.Dispose();
        _zeros.Dispose();
    }

    private void Multiply<TInputs>(Crew crew, TInputs inputs, nint rows, float* output, float* addends, FusedActivation? activation)
        where TInputs : struct, IInputRows =>
        MatrixProduct<TSimd, TVector>.Compute(crew, inputs, rows, _weights, output, Outputs, addends, activation);
}
