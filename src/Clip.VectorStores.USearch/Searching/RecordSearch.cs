using Clip.Shared.Search;
using Clip.VectorStores.USearch.Storage;

namespace Clip.VectorStores.USearch.Searching;

/// <summary>The closest records: by the graph where there is one, and those it does not know by comparing all. Scores are exact.</summary>
/// <param name="records">The records.</param>
/// <param name="vector">Which of their vectors.</param>
/// <param name="metric">How vectors are compared.</param>
/// <param name="query">The query.</param>
/// <param name="graphCandidates">How many rows the graph proposes at least.</param>
/// <param name="cancellationToken">Looked at between parts.</param>
internal sealed class RecordSearch(OpenRecords records, int vector, VectorMetric metric, float[] query, int graphCandidates, CancellationToken cancellationToken)
{
    // Distances in the graph are rounded, so the best are among somewhat more than are wanted.
    private const int CandidatesPerWanted = 4;

    // Of a scan whose records a filter looks at.
    private const int LeastScanned = 64;

    // When a filter leaves too few, the next attempt looks at that many times more.
    private const int Widening = 8;

    /// <summary>The closest, the closest first.</summary>
    /// <param name="wanted">How many at most.</param>
    /// <param name="accepts">Whether a row is wanted; null for all.</param>
    public IReadOnlyList<ScoredRow> Find(int wanted, Func<int, bool>? accepts)
    {
        var count = records.Rows.Count;
        if (records.Graph(vector) is not { } graph || records.File(vector) is not { } file)
            return Scan(0, count, wanted, accepts);
        IReadOnlyList<ScoredRow>? tail = null;
        // Beyond a quarter of the rows, comparing all is faster.
        for (var candidates = Math.Max(graphCandidates, CandidatesPerWanted * (long)wanted); candidates <= graph.Count / 4; candidates *= Widening)
        {
            cancellationToken.ThrowIfCancellationRequested();
            tail ??= Scan(file.Rows, count, wanted, accepts);
            var found = Rescore(graph.Search(query, (int)candidates, cancellationToken).Where(row => row >= 0 && row < file.Rows), accepts);
            if (found.Count >= wanted)
                return [.. found.Concat(tail).Order().Take(wanted)];
        }
        return Scan(0, count, wanted, accepts);
    }

    private List<ScoredRow> Rescore(IEnumerable<long> candidates, Func<int, bool>? accepts)
    {
        var measure = Measure();
        var found = new List<ScoredRow>();
        foreach (var row in candidates)
        {
            var closeness = measure(row);
            if (!float.IsNaN(closeness) && accepts?.Invoke((int)row) != false)
                found.Add(new ScoredRow(closeness, row));
        }
        return found;
    }

    private IReadOnlyList<ScoredRow> Scan(int begin, int end, int wanted, Func<int, bool>? accepts)
    {
        if (accepts is null)
            return ExactScan.Find(begin, end, Math.Min(wanted, Math.Max(end - begin, 1)), Measure, cancellationToken);
        for (var candidates = Math.Max(LeastScanned, CandidatesPerWanted * (long)wanted); ; candidates *= Widening)
        {
            var best = ExactScan.Find(begin, end, (int)Math.Min(candidates, Math.Max(end - begin, 1)), Measure, cancellationToken);
            var accepted = best.Where(row => accepts((int)row.Row)).Take(wanted).ToList();
            if (accepted.Count == wanted || candidates >= end - begin)
                return accepted;
        }
    }

    private Func<long, float> Measure()
    {
        var values = new float[query.Length];
        return row =>
        {
            var bytes = records.Row((int)row);
            if (bytes.IsEmpty || !records.Codec.HasVector(bytes, vector))
                return float.NaN;
            records.Codec.ReadVector(bytes, vector, values);
            return metric.Closeness(query, values);
        };
    }
}
