using System.Collections.Immutable;

namespace Clip.ZeroShot.Evaluation;

/// <summary>What a sweep found.</summary>
public sealed record LinearProbeSweepResult
{
    /// <summary>The C with the highest score on the validation rows; of equal ones the smallest.</summary>
    public required double Regularization { get; init; }

    /// <summary>All fits, in the order in which they were made.</summary>
    public required ImmutableArray<LinearProbeTrial> Trials { get; init; }

    /// <summary>The probe fitted with that C to training and validation rows together.</summary>
    public required LinearProbe Probe { get; init; }

    /// <summary>Its figures on the rows it was fitted to.</summary>
    public required ClassificationMetrics Train { get; init; }

    /// <summary>Its figures on the test rows: the result.</summary>
    public required ClassificationMetrics Test { get; init; }
}
