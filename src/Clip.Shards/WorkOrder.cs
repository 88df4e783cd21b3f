namespace Clip.Shards;

/// <summary>In which order a worker goes through the shards: its own share, then those of the workers after it, from their ends.</summary>
/// <remarks>So workers meet late: a worker begins at the start of its share, and who helps it at the end.</remarks>
internal static class WorkOrder
{
    /// <summary>The shards that are a worker's: every n-th.</summary>
    public static IEnumerable<Shard> Own(IReadOnlyList<Shard> shards, WorkerNumber worker) => Share(shards, worker.Index, worker.Count);

    /// <summary>All shards, the worker's own first.</summary>
    public static IEnumerable<Shard> All(IReadOnlyList<Shard> shards, WorkerNumber worker) => Own(shards, worker)
        .Concat(Enumerable.Range(1, worker.Count - 1).SelectMany(further => Share(shards, (worker.Index + further) % worker.Count, worker.Count).Reverse()));

    private static IEnumerable<Shard> Share(IReadOnlyList<Shard> shards, int first, int step)
    {
        for (var place = first; place < shards.Count; place += step)
            yield return shards[place];
    }
}
