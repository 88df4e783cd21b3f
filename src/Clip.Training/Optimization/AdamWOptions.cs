namespace Clip.Training.Optimization;

/// <summary>Settings of <see cref="AdamWOptimizer"/>; the defaults are those of the paper for vision transformers.</summary>
/// <remarks>Source: Radford et al. 2021, table 18; its ResNets have <c>Beta2 = 0.999</c> and <c>Epsilon = 1e-8</c>.</remarks>
public sealed record AdamWOptions
{
    /// <summary>How much of the mean gradient a step keeps. From 0 up to, not including, 1.</summary>
    public double Beta1 { get; init; } = 0.9;

    /// <summary>How much of the mean squared gradient a step keeps. From 0 up to, not including, 1.</summary>
    public double Beta2 { get; init; } = 0.98;

    /// <summary>Added to the root of the mean squared gradient. Positive.</summary>
    public double Epsilon { get; init; } = 1e-6;

    internal void Validate()
    {
        if (!(Beta1 is >= 0 and < 1))
            throw new ArgumentOutOfRangeException(nameof(Beta1), Beta1, "It must be at least 0 and less than 1.");
        if (!(Beta2 is >= 0 and < 1))
            throw new ArgumentOutOfRangeException(nameof(Beta2), Beta2, "It must be at least 0 and less than 1.");
        if (!(Epsilon > 0))
            throw new ArgumentOutOfRangeException(nameof(Epsilon), Epsilon, "It must be positive.");
    }
}
