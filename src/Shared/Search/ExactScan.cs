namespace Clip.Shared.Search;

/// <summary>All rows, compared with a query on all processors.</summary>
internal static class ExactScan
{
    // Enough rows that a thread is worth its start: 4,096 of 512 numbers take some 0.3 ms.
    private const int Chunk = 4096;

    /// <summary>Begins a thread's part, whose buffers are its own.</summary>
    /// <returns>How close a row is; NaN leaves it out.</returns>
    public delegate Func<long, float> Measure();

    /// <summary>The closest rows. The result does not depend on the number of threads.</summary>
    /// <param name="rows">How many rows there are.</param>
    /// <param name="wanted">How many to find at most.</param>
    /// <param name="measure">Compares rows with the query.</param>
    /// <param name="cancellationToken">Looked at between chunks.</param>
    public static ScoredRow[] Find(long rows, int wanted, Measure measure, CancellationToken cancellationToken) => Find(0, rows, wanted, measure, cancellationToken);

    /// <summary>The closest of some rows.</summary>
    /// <param name="begin">The first row.</param>
    /// <param name="end">The row after the last.</param>
    /// <param name="wanted">How many to find at most.</param>
    /// <param name="measure">Compares rows with the query.</param>
    /// <param name="cancellationToken">Looked at between chunks.</param>
    public static ScoredRow[] Find(long begin, long end, int wanted, Measure measure, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var all = new TopRows(wanted);
        if (end - begin <= Chunk)
        {
            Scan(begin, end, all, measure());
            return all.ToArray();
        }
        Parallel.For(0, (end - begin + Chunk - 1) / Chunk, new ParallelOptions { CancellationToken = cancellationToken },
            () => (Best: new TopRows(wanted), Measure: measure()),
            (chunk, _, part) =>
            {
                Scan(begin + chunk * Chunk, Math.Min(begin + (chunk + 1) * Chunk, end), part.Best, part.Measure);
                return part;
            },
            part =>
            {
                lock (all)
                    all.Add(part.Best);
            });
        return all.ToArray();
    }

    private static void Scan(long begin, long end, TopRows best, Func<long, float> measure)
    {
        for (var row = begin; row < end; row++)
        {
            var closeness = measure(row);
            if (!float.IsNaN(closeness))
                best.Add(new ScoredRow(closeness, row));
        }
    }
}
