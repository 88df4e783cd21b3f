namespace Clip;

/// <summary>How the relevance of an image's places is found.</summary>
public sealed record ExplanationOptions
{
    private const int MostCells = 64;

    /// <summary>One pass of the network, or one per place.</summary>
    public ExplanationMethod Method { get; init; } = ExplanationMethod.Dense;

    /// <summary>
    /// For <see cref="ExplanationMethod.Dense"/>: in how many of the last transformer blocks places attend to themselves alone, at least 0. One is
    /// what the method was published with. Small networks that were trained with few blocks mix places early and want more.
    /// </summary>
    public int LocalBlocks { get; init; } = 1;

    /// <summary>For <see cref="ExplanationMethod.Occlusion"/>: places along the longer side, from 1 to 64. Cost grows with their square.</summary>
    public int Cells { get; init; } = 8;

    /// <summary>For <see cref="ExplanationMethod.Occlusion"/>: the side of the window in cells of the map, above 0; it covers the places around its middle.</summary>
    public double Window { get; init; } = 2;

    /// <summary>
    /// Whether several texts are held against each other: what all of them find alike is subtracted, so that each map shows what is its own. A text
    /// alone is held against the empty one.
    /// </summary>
    public bool Contrast { get; init; } = true;

    internal void Validate()
    {
        if (!Enum.IsDefined(Method))
            throw new ArgumentException($"There is no explanation method {Method}.", nameof(Method));
        ArgumentOutOfRangeException.ThrowIfNegative(LocalBlocks);
        if (Cells is < 1 or > MostCells)
            throw new ArgumentOutOfRangeException(nameof(Cells), Cells, $"There are from 1 to {MostCells} places along a side.");
        if (!(Window > 0 && double.IsFinite(Window)))
            throw new ArgumentOutOfRangeException(nameof(Window), Window, "The window must be above 0 cells.");
    }
}
