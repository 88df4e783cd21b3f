namespace Clip.Interactive;

/// <summary>A line of a chart. Points that are not finite leave a gap.</summary>
public sealed record ChartLine
{
    /// <summary>Takes points.</summary>
    /// <param name="name">What the legend calls the line.</param>
    /// <param name="x">Where the points are.</param>
    /// <param name="y">As many values.</param>
    /// <exception cref="ArgumentException">The lists differ in length.</exception>
    public ChartLine(string name, IEnumerable<double> x, IEnumerable<double> y)
    {
        ArgumentNullException.ThrowIfNull(name);
        ArgumentNullException.ThrowIfNull(x);
        ArgumentNullException.ThrowIfNull(y);
        (Name, X, Y) = (name, [.. x], [.. y]);
        if (X.Count != Y.Count)
            throw new ArgumentException($"There are {X.Count} places and {Y.Count} values.", nameof(y));
    }

    /// <summary>Takes values at 1, 2, 3 and so on.</summary>
    /// <param name="name">What the legend calls the line.</param>
    /// <param name="y">The values.</param>
    public ChartLine(string name, IReadOnlyCollection<double> y)
        : this(name, Enumerable.Range(1, y?.Count ?? 0).Select(step => (double)step), y!)
    {
    }

    /// <summary>What the legend calls the line.</summary>
    public string Name { get; }

    /// <summary>Where the points are.</summary>
    public IReadOnlyList<double> X { get; }

    /// <summary>The values there.</summary>
    public IReadOnlyList<double> Y { get; }

    /// <summary>Whether the line is dashed, as for something that the others are compared with.</summary>
    public bool IsDashed { get; init; }
}
