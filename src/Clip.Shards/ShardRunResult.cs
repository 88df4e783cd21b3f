namespace Clip.Shards;

/// <summary>What a worker did in a run.</summary>
/// <param name="Done">Shards that it embedded.</param>
/// <param name="AlreadyDone">Shards that were there when it began.</param>
/// <param name="Rows">Samples that it embedded, unreadable ones included.</param>
/// <param name="UnreadableRows">Those of them that have no embedding.</param>
/// <param name="Failed">Shards that it could not embed.</param>
/// <param name="Left">Shards that others were working on when it ended; 0 where it waits for them.</param>
public sealed record ShardRunResult(int Done, int AlreadyDone, long Rows, long UnreadableRows, IReadOnlyList<ShardResult> Failed, int Left);
