namespace Clip.Shared.Search;

/// <summary>The closest of the rows that it is shown, in memory for as many as are wanted.</summary>
/// <param name="wanted">How many at most, at least 1.</param>
internal sealed class TopRows(int wanted)
{
    // The worst of the best so far is on top, to be replaced.
    private readonly PriorityQueue<ScoredRow, ScoredRow> _best = new(WorstFirst.Instance);

    /// <summary>Shows a row.</summary>
    /// <param name="row">The row.</param>
    public void Add(ScoredRow row)
    {
        if (_best.Count < wanted)
            _best.Enqueue(row, row);
        else if (row.CompareTo(_best.Peek()) < 0)
            _best.DequeueEnqueue(row, row);
    }

    /// <summary>Shows the best of another list.</summary>
    /// <param name="other">The list.</param>
    public void Add(TopRows other)
    {
        foreach (var (row, _) in other._best.UnorderedItems)
            Add(row);
    }

    /// <summary>The best, the closest first.</summary>
    public ScoredRow[] ToArray()
    {
        var rows = _best.UnorderedItems.Select(item => item.Element).ToArray();
        Array.Sort(rows);
        return rows;
    }

    private sealed class WorstFirst : IComparer<ScoredRow>
    {
        public static WorstFirst Instance { get; } = new();

        public int Compare(ScoredRow x, ScoredRow y) => y.CompareTo(x);
    }
}
