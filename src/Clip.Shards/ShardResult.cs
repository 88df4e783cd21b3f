namespace Clip.Shards;

/// <summary>What a worker did with a shard.</summary>
/// <param name="Shard">The shard.</param>
/// <param name="Outcome">What became of it.</param>
/// <param name="Rows">Its samples, unreadable ones included.</param>
/// <param name="UnreadableRows">Those of them that have no embedding.</param>
/// <param name="Elapsed">How long it took.</param>
/// <param name="Problem">Why it failed; null where it did not.</param>
public sealed record ShardResult(Shard Shard, ShardOutcome Outcome, long Rows, long UnreadableRows, TimeSpan Elapsed, string? Problem);
