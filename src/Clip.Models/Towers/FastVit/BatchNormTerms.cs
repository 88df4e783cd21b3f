using Clip.Kernels.Weights;
using Clip.Shared;

namespace Clip.Models;

/// <summary>What a batch norm computes with its running statistics: a factor and an addend for each channel.</summary>
/// <param name="Scale">[C], float64.</param>
/// <param name="Shift">[C], float64.</param>
internal readonly record struct BatchNormTerms(Tensor Scale, Tensor Shift)
{
    /// <summary>Reads a norm; call it in a dispose scope.</summary>
    public static BatchNormTerms Of(MapBatchNorm norm)
    {
        var scale = norm.weight!.detach().to(ScalarType.Float64) / norm.running_var!.to(ScalarType.Float64).Plus(norm.eps).sqrt();
        return new(scale, norm.bias!.detach().to(ScalarType.Float64) - norm.running_mean!.to(ScalarType.Float64) * scale);
    }
}
