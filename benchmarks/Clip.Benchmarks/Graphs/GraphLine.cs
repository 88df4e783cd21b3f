namespace Clip.Benchmarks.Graphs;

/// <summary>A line of a graph.</summary>
/// <param name="Label">What it shows.</param>
/// <param name="Color">Which of the colors it has.</param>
/// <param name="IsDashed">Whether it is broken into dashes.</param>
/// <param name="Points">Its points, from left to right.</param>
internal sealed record GraphLine(string Label, int Color, bool IsDashed, IReadOnlyList<(double X, double Y)> Points);
