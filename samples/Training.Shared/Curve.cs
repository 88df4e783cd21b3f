namespace Training.Shared;

/// <summary>A line in the chart of a run.</summary>
/// <param name="Name">The name of its values in the run's log.</param>
/// <param name="Color">Its color as SVG writes it.</param>
/// <param name="Legend">What the legend calls it.</param>
/// <param name="IsShare">Whether its values are shares from 0 to 1, on the right scale, rather than losses, on the left one.</param>
public sealed record Curve(string Name, string Color, string Legend, bool IsShare = true)
{
    /// <summary>The loss.</summary>
    public static Curve Loss { get; } = new("loss", "#777777", "loss (left)", IsShare: false);
}
