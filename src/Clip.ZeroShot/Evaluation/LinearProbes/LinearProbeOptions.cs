namespace Clip.ZeroShot.Evaluation;

/// <summary>How a linear probe is fitted.</summary>
public sealed record LinearProbeOptions
{
    /// <summary>Iterations of L-BFGS at most, at least 1. Radford et al. 2021, Appendix A.3: 1,000.</summary>
    public int MaxIterations { get; init; } = 1000;

    /// <summary>
    /// The fit has converged when no component of the mean loss's gradient is larger; positive. 1e-4 is the <c>tol</c> of scikit-learn.
    /// </summary>
    public double Tolerance { get; init; } = 1e-4;

    /// <summary>Where the products are computed, in double precision: "cpu", "cuda" or "cuda:1".</summary>
    public string Device { get; init; } = "cpu";

    internal void Validate()
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(MaxIterations, 1);
        if (!(Tolerance > 0 && double.IsFinite(Tolerance)))
            throw new ArgumentOutOfRangeException(nameof(Tolerance), Tolerance, "The tolerance has to be a positive number.");
        ArgumentException.ThrowIfNullOrWhiteSpace(Device);
    }
}
