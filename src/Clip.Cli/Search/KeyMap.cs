using Clip.Shards;

namespace Clip.Cli.Search;

/// <summary>From the keys of a graph, whose shards came in any order, to the rows of embedded shards.</summary>
internal sealed class KeyMap
{
    private readonly List<(long Key, long Row)> _begins;

    private KeyMap(List<(long Key, long Row)> begins, IReadOnlyList<GraphShard> shards, IReadOnlyList<ShardRows> missing) => (_begins, Shards, Missing) = (begins, shards, missing);

    /// <summary>The shards in the graph.</summary>
    public IReadOnlyList<GraphShard> Shards { get; }

    /// <summary>The shards that are not.</summary>
    public IReadOnlyList<ShardRows> Missing { get; }

    /// <summary>The first key that no row has.</summary>
    public long Count => Shards.Sum(shard => shard.Rows);

    /// <summary>That of a graph of nothing.</summary>
    /// <param name="embeddings">The rows.</param>
    public static KeyMap OfNothing(ShardEmbeddings embeddings) => new([], [], embeddings.Shards);

    /// <summary>That of a graph; null where its rows are no longer these.</summary>
    /// <param name="described">The graph.</param>
    /// <param name="embeddings">The rows.</param>
    /// <param name="problem">What has become of a shard.</param>
    public static KeyMap? Find(GraphDescription described, ShardEmbeddings embeddings, out string? problem)
    {
        problem = null;
        var present = embeddings.Shards.ToDictionary(shard => shard.Number, StringComparer.Ordinal);
        var begins = new List<(long, long)>(described.Shards.Count);
        var key = 0L;
        foreach (var shard in described.Shards)
        {
            if (!present.Remove(shard.Number, out var rows))
                problem = $"shard {shard.Number} is gone, or in it twice";
            else if (Of(rows) != shard)
                problem = $"shard {shard.Number} has changed";
            if (problem is not null)
                return null;
            begins.Add((key, rows!.Begin));
            key += shard.Rows;
        }
        return new KeyMap(begins, described.Shards, [.. embeddings.Shards.Where(shard => present.ContainsKey(shard.Number))]);
    }

    /// <summary>The same with the missing shards, one behind the other after the rest.</summary>
    public KeyMap WithMissing()
    {
        var begins = new List<(long, long)>(_begins);
        var key = Count;
        foreach (var shard in Missing)
        {
            begins.Add((key, shard.Begin));
            key += shard.Count;
        }
        return new KeyMap(begins, [.. Shards, .. Missing.Select(Of)], []);
    }

    /// <summary>The row of a key.</summary>
    /// <param name="key">The key.</param>
    public long RowOf(long key)
    {
        // The last shard that begins at it or before it; of several, of which all but one are empty, the last.
        var place = _begins.BinarySearch((key, long.MaxValue));
        var (begin, row) = _begins[~place - 1];
        return row + key - begin;
    }

    private static GraphShard Of(ShardRows shard) => new(shard.Number, shard.Count, shard.Bytes, shard.Modified.UtcTicks);
}
