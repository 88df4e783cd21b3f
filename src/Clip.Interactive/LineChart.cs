namespace Clip.Interactive;

/// <summary>Lines over one axis, as the output of a cell: the loss of a training run, accuracy by the number of examples.</summary>
/// <param name="Lines">The lines, each with a name in the legend.</param>
public sealed record LineChart(params IReadOnlyList<ChartLine> Lines)
{
    /// <summary>What stands above the chart.</summary>
    public string Title { get; init; } = "";

    /// <summary>What the horizontal axis is.</summary>
    public string XTitle { get; init; } = "";

    /// <summary>What the vertical axis is.</summary>
    public string YTitle { get; init; } = "";

    /// <summary>Whether equal distances on the horizontal axis are equal factors; values of X must then be positive.</summary>
    public bool IsXLogarithmic { get; init; }

    /// <summary>The lowest value of the vertical axis; null for that of the lines.</summary>
    public double? YLow { get; init; }

    /// <summary>The highest value of the vertical axis; null for that of the lines.</summary>
    public double? YHigh { get; init; }
}
