using Clip.Shared;

namespace Clip.Models;

/// <summary>Draws weights from a normal distribution without its tails.</summary>
/// <remarks>Source: PyTorch's trunc_normal_, by the inverse of the distribution. TorchSharp's own writes the deviation itself into every element.</remarks>
internal static class TruncatedNormal
{
    /// <summary>Fills a weight.</summary>
    /// <param name="weight">The weight.</param>
    /// <param name="deviation">Standard deviation of the whole distribution.</param>
    /// <param name="cutoff">Deviations beyond which nothing is drawn.</param>
    public static void Fill(Tensor weight, double deviation, double cutoff)
    {
        using var noGradients = no_grad();
        using var scope = NewDisposeScope();
        var bound = tensor(cutoff / Math.Sqrt(2), ScalarType.Float64).erf().item<double>();
        weight.uniform_(-bound, bound).erfinv_().MultiplyInPlace(deviation * Math.Sqrt(2)).ClampInPlace(-cutoff * deviation, cutoff * deviation);
    }
}
