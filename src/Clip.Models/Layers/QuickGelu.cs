using Clip.Shared;

namespace Clip.Models;

/// <summary>x · sigmoid(1.702 x).</summary>
/// <remarks>Source: Hendrycks and Gimpel 2016, "Gaussian Error Linear Units", section 2.</remarks>
internal sealed class QuickGelu() : ParameterLessModule<Tensor, Tensor>(nameof(QuickGelu))
{
    /// <summary>1.702, with which it is closest to <see cref="Activation.Gelu"/>.</summary>
    public const double Coefficient = 1.702;

    public override Tensor forward(Tensor x)
    {
        using var scope = NewDisposeScope();
        return (x * sigmoid(x.Times(Coefficient))).MoveToOuterDisposeScope();
    }
}
