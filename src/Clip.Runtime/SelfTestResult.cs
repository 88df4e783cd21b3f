namespace Clip.Runtime;

/// <summary>How far the results of one operation on this machine are from those in float64.</summary>
/// <param name="Operation">What was computed, with its sizes, such as "conv2d 3x3 24 -> 24, input gradient".</param>
/// <param name="Error">The largest difference, as a share of the largest expected value. NaN where a result is not a number.</param>
/// <param name="Bound">The largest error that rounding explains.</param>
public sealed record SelfTestResult(string Operation, double Error, double Bound)
{
    /// <summary>Whether the error is within its bound.</summary>
    public bool Passes => Error <= Bound;

    /// <summary>The operation, and its error beside the bound.</summary>
    public override string ToString() => FormattableString.Invariant($"{Operation}: {(Passes ? "right" : "wrong")}, error {Error:0.0e-0}, of which rounding explains {Bound:0e-0}");
}
