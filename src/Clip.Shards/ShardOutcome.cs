namespace Clip.Shards;

/// <summary>What became of a shard.</summary>
public enum ShardOutcome
{
    /// <summary>Its embeddings are in the store.</summary>
    Done,

    /// <summary>It cannot be read, or too many of its images cannot; nothing of it was written.</summary>
    Failed,

    /// <summary>Another worker has taken it, because this one gave no sign of life for too long.</summary>
    Lost,
}
