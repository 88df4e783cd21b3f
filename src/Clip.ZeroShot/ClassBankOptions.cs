namespace Clip.ZeroShot;

/// <summary>How a class bank is made.</summary>
public sealed record ClassBankOptions
{
    /// <summary>
    /// Whether a class name may stand more than once, as two of ImageNet's do. Such classes are never told apart: they get the same
    /// probability, and the first of them is answered. By default it is an error, since it is mostly a slip that halves probabilities.
    /// </summary>
    public bool AllowDuplicateNames { get; init; }
}
