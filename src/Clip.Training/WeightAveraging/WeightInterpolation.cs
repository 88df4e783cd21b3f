using Clip.Models;
using Clip.Shared;

namespace Clip.Training.WeightAveraging;

/// <summary>Models between two models of the same architecture.</summary>
/// <remarks>
/// Between a zero-shot model and its fine-tuned child lie models that keep most of the first's robustness and most of the
/// second's accuracy. Source: Wortsman et al. 2022, "Robust fine-tuning of zero-shot models", section 3.
/// </remarks>
public static class WeightInterpolation
{
    /// <summary>Makes the model whose every weight is <c>(1 - share) · first + share · second</c>.</summary>
    /// <param name="first">A model, such as the zero-shot one.</param>
    /// <param name="second">Another of the same architecture, such as the fine-tuned one.</param>
    /// <param name="share">The second's share, from 0 to 1.</param>
    /// <returns>The model, in float32 and in evaluation mode; the caller disposes it.</returns>
    /// <exception cref="ArgumentException">The architectures differ.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="share"/> is not from 0 to 1.</exception>
    public static DualEncoder Between(DualEncoder first, DualEncoder second, double share)
    {
        ArgumentNullException.ThrowIfNull(first);
        ArgumentNullException.ThrowIfNull(second);
        if (!(share is >= 0 and <= 1))
            throw new ArgumentOutOfRangeException(nameof(share), share, "It must be from 0 to 1.");
        if (first.Config != second.Config)
            throw new ArgumentException("Only models of one architecture have weights that lie between them.", nameof(second));

        using var noGradients = no_grad();
        var between = first.Copy();
        between.eval();
        var others = second.state_dict();
        foreach (var (name, value) in between.state_dict())
        {
            using var scope = NewDisposeScope();
            if (value.is_floating_point())
                value.copy_(value.to(ScalarType.Float64).Times(1 - share).Plus(others[name].to(ScalarType.Float64, value.device).Times(share)));
            else if (share > 0.5)
                value.copy_(others[name]);
        }
        return between;
    }
}
