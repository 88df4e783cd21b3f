using Clip.Shards;
using Clip.Shared.Search;

namespace Clip.Cli.Search;

/// <summary>A graph of the rows of embedded shards, which proposes what is compared exactly.</summary>
/// <remarks>It lies beside the embeddings. Shards that came later are added to it; where one that it knows is gone or another, it is made anew.</remarks>
internal sealed class ShardGraph : IDisposable
{
    // Candidates for each row that is asked for: distances in the graph are rounded, and a text is far from all images, whose neighbors do not lead to each other
    // in its direction. A wide search costs milliseconds.
    private const int CandidatesPerRow = 16;
    private const int FewestCandidates = 1000;

    private readonly ShardEmbeddings _embeddings;
    private readonly NeighborGraph? _graph;
    private readonly KeyMap _keys;

    private ShardGraph(ShardEmbeddings embeddings, NeighborGraph? graph, KeyMap keys, long added) => (_embeddings, _graph, _keys, Added) = (embeddings, graph, keys, added);

    /// <summary>Rows in it.</summary>
    public long Count => _graph?.Count ?? 0;

    /// <summary>Rows that were added now.</summary>
    public long Added { get; }

    /// <summary>Opens the graph, after it was made or brought up to date.</summary>
    /// <param name="embeddings">The rows.</param>
    /// <param name="invocation">The run of the command.</param>
    /// <exception cref="FailureException">There are no graphs on this machine, or it cannot be written.</exception>
    public static async Task<ShardGraph> OpenAsync(ShardEmbeddings embeddings, Invocation invocation)
    {
        if (NeighborGraph.LibraryProblem is { } missing)
            throw new FailureException($"--approximate needs USearch, which is there for Linux and Windows on x64 and for macOS on ARM; on Linux it needs libgomp1. {missing} Without --approximate all rows are compared.");
        var files = new GraphFiles(embeddings.Folder);
        var described = files.Read(out var problem);
        var keys = described is null ? null : KeyMap.Find(described, embeddings, out problem);
        if (described is not null && keys is not null && keys.Missing.Count == 0 && files.Open(described, isMapped: true, out problem) is { } ready)
            return new ShardGraph(embeddings, ready, keys, 0);
        NeighborGraph? graph = null;
        if (described is not null && keys is { Missing.Count: > 0 })
            graph = files.Open(described, isMapped: false, out problem);
        if (problem is not null)
            invocation.Console.Report($"The graph in '{embeddings.Folder}' is made anew: {problem}.");
        files.RequireWritable();
        if (graph is null)
            keys = KeyMap.OfNothing(embeddings);
        using (graph ??= NeighborGraph.Create(VectorMetric.Cosine, embeddings.EmbeddingSize))
        {
            var before = graph.Count;
            keys = await BuildAsync(graph, keys!, embeddings, invocation);
            // A graph of nothing has no file that could be mapped.
            if (graph.Count == 0)
                return new ShardGraph(embeddings, null, keys, 0);
            described = files.Write(graph, keys.Shards);
            var added = graph.Count - before;
            return files.Open(described, isMapped: true, out problem) is { } made
                ? new ShardGraph(embeddings, made, keys, added)
                : throw new FailureException($"The graph in '{embeddings.Folder}' was made and cannot be read: {problem}. Search again, or without --approximate.");
        }
    }

    /// <summary>The rows that are probably closest to a query, compared exactly.</summary>
    /// <param name="query">A row of unit length.</param>
    /// <param name="top">How many at most.</param>
    /// <param name="cancellationToken">Looked at before.</param>
    public IReadOnlyList<ShardMatch> FindClosest(float[] query, int top, CancellationToken cancellationToken)
    {
        if (_graph is null)
            return [];
        var candidates = (int)Math.Min(_graph.Count, Math.Max((long)top * CandidatesPerRow, FewestCandidates));
        var rows = _graph.Search(query, candidates, cancellationToken).Select(key => new ShardRowRange(_keys.RowOf(key), 1));
        return _embeddings.FindClosestAmong(rows, query, top, cancellationToken);
    }

    /// <inheritdoc/>
    public void Dispose() => _graph?.Dispose();

    private static Task<KeyMap> BuildAsync(NeighborGraph graph, KeyMap keys, ShardEmbeddings embeddings, Invocation invocation) =>
        ProgressDisplay.RunAsync(invocation.Console, "Adding rows to the graph", progress => Task.Run(() =>
        {
            var done = 0L;
            var total = keys.Missing.Sum(shard => shard.Count);
            var first = keys.Count;
            foreach (var shard in keys.Missing)
            {
                embeddings.ReadRows(new ShardRowRange(shard.Begin, shard.Count), (row, vector) =>
                {
                    // A row of zeros is one that has no embedding; one that is not finite is close to nothing.
                    if (UnitRow.Is(vector, UnitRow.HalfTolerance))
                        graph.Add(first + row - shard.Begin, vector.ToArray());
                    if (++done % 1000 == 0)
                        progress.Report((done, total));
                }, invocation.Cancelled);
                first += shard.Count;
            }
            return keys.WithMissing();
        }));
}
