using System.Runtime.ExceptionServices;

namespace Clip.Shared.Search;

/// <summary>All rows, compared with a query on all processors.</summary>
internal static class ExactScan
{
    // Enough rows that a thread is worth its start: 4,096 of 512 numbers take some 0.3 ms.
    private const int Chunk = 4096;

    /// <summary>Begins a thread's share of rows, whose buffers are its own.</summary>
    /// <returns>How close a row is; NaN leaves it out.</returns>
    public delegate Func<long, float> Measure();

    /// <summary>Begins a thread's share of parts, whose buffers are its own.</summary>
    /// <returns>Shows the rows of a part to a list.</returns>
    public delegate Action<int, TopRows> Scan();

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
    public static ScoredRow[] Find(long begin, long end, int wanted, Measure measure, CancellationToken cancellationToken) =>
        FindInParts(checked((int)((end - begin + Chunk - 1) / Chunk)), wanted, () =>
        {
            var compare = measure();
            return (part, best) => Show(begin + (long)part * Chunk, Math.Min(begin + (part + 1L) * Chunk, end), 0, best, compare);
        }, cancellationToken);

    /// <summary>The closest rows of some parts, each of which one thread looks at.</summary>
    /// <param name="parts">How many parts there are.</param>
    /// <param name="wanted">How many rows to find at most.</param>
    /// <param name="scan">Looks at parts.</param>
    /// <param name="cancellationToken">Looked at between parts.</param>
    public static ScoredRow[] FindInParts(int parts, int wanted, Scan scan, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var all = new TopRows(wanted);
        if (parts == 1)
            scan()(0, all);
        if (parts <= 1)
            return all.ToArray();
        try
        {
            Parallel.For(0, parts, new ParallelOptions { CancellationToken = cancellationToken },
                () => (Best: new TopRows(wanted), Scan: scan()),
                (part, _, own) =>
                {
                    own.Scan(part, own.Best);
                    return own;
                },
                own =>
                {
                    lock (all)
                        all.Add(own.Best);
                });
        }
        catch (AggregateException e)
        {
            ExceptionDispatchInfo.Throw(e.InnerExceptions[0]);
        }
        return all.ToArray();
    }

    /// <summary>Shows rows to a list.</summary>
    /// <param name="begin">The first row.</param>
    /// <param name="end">The row after the last.</param>
    /// <param name="first">What is added to a row for its place in the list.</param>
    /// <param name="best">The list.</param>
    /// <param name="measure">How close a row is; NaN leaves it out.</param>
    public static void Show(long begin, long end, long first, TopRows best, Func<long, float> measure)
    {
        for (var row = begin; row < end; row++)
        {
            var closeness = measure(row);
            if (!float.IsNaN(closeness))
                best.Add(new ScoredRow(closeness, first + row));
        }
    }
}
