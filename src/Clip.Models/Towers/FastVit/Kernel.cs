using Clip.Kernels.Weights;
using Clip.Shared;

namespace Clip.Models;

/// <summary>A convolution that is being folded, in double precision.</summary>
/// <param name="Weight">[outputs, inputs / groups, height, width], float64.</param>
/// <param name="Bias">[outputs], float64.</param>
internal readonly record struct Kernel(Tensor Weight, Tensor Bias)
{
    /// <summary>A convolution as it is; call it in a dispose scope, as all of these.</summary>
    public static Kernel Of(ConvolutionLayer convolution)
    {
        var weight = convolution.Weight.detach().to(ScalarType.Float64);
        return new(weight, convolution.BiasOrNull?.detach().to(ScalarType.Float64) ?? zeros([weight.shape[0]], ScalarType.Float64, weight.device));
    }

    /// <summary>The convolution that changes nothing.</summary>
    /// <param name="shape">Its shape.</param>
    /// <param name="device">Its device.</param>
    public static Kernel Identity(long[] shape, Device device)
    {
        var (outputs, inputs) = (shape[0], shape[1]);
        var weight = zeros(shape, ScalarType.Float64, device);
        var channels = TensorArithmetic.Range(outputs, ScalarType.Int64, device);
        weight.select(3, shape[3] / 2).select(2, shape[2] / 2).scatter_(1, channels.Modulo(inputs).unsqueeze(1), ones([outputs, 1], ScalarType.Float64, device));
        return new(weight, zeros([outputs], ScalarType.Float64, device));
    }

    /// <summary>This convolution, and a norm behind it.</summary>
    public Kernel Then(BatchNormTerms norm) => new(Weight * norm.Scale.view(-1, 1, 1, 1), (Bias * norm.Scale).Plus(norm.Shift));

    /// <summary>This convolution with its results multiplied by a gain for each channel.</summary>
    public Kernel Times(Tensor gain) => new(Weight * gain.view(-1, 1, 1, 1), Bias * gain.view(-1));

    /// <summary>The sum with a convolution whose kernel may be smaller.</summary>
    public Kernel Plus(Kernel other)
    {
        var (height, width) = (Weight.shape[2] - other.Weight.shape[2], Weight.shape[3] - other.Weight.shape[3]);
        var padded = nn.functional.pad(other.Weight, [width / 2, width / 2, height / 2, height / 2]);
        return new(Weight.Plus(padded), Bias.Plus(other.Bias));
    }

    /// <summary>The difference to a convolution whose kernel may be smaller.</summary>
    public Kernel Minus(Kernel other) => Plus(new(-other.Weight, -other.Bias));

    /// <summary>The convolution in the dtype of the computation.</summary>
    public FoldedConvolution Fold(ScalarType dtype, long stride = 1, long groups = 1) => new(Weight.to(dtype), Bias.to(dtype), stride, groups);
}
