using Clip.Shared;

namespace Clip.Kernels.Weights;

/// <summary>A convolution and the batch norm behind it.</summary>
/// <param name="Weight">The convolution's weight [outputs, inputs, kernel, kernel]; it has no bias.</param>
/// <param name="Gain">The norm's gain [outputs].</param>
/// <param name="Bias">The norm's bias [outputs].</param>
/// <param name="Mean">Its running mean [outputs].</param>
/// <param name="Variance">Its running variance [outputs].</param>
/// <param name="Epsilon">What it adds to the variance.</param>
internal sealed record NormedConvolution(Tensor Weight, Tensor Gain, Tensor Bias, Tensor Mean, Tensor Variance, double Epsilon)
{
    /// <summary>The one convolution with a bias that computes both; folded in double precision.</summary>
    public (Tensor Weight, Tensor Bias) Fold()
    {
        var scale = Gain.to(ScalarType.Float64) / Variance.to(ScalarType.Float64).Plus(Epsilon).sqrt();
        var weight = Weight.to(ScalarType.Float64) * scale.view(-1, 1, 1, 1);
        var bias = Bias.to(ScalarType.Float64) - Mean.to(ScalarType.Float64) * scale;
        return (weight.to(Weight.dtype), bias.to(Weight.dtype));
    }
}
