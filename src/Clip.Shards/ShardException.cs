namespace Clip.Shards;

/// <summary>A shard that cannot be embedded, or a store that belongs to other embeddings.</summary>
public sealed class ShardException : IOException
{
    /// <summary>Creates the exception.</summary>
    /// <param name="source">The shard's address, or the store.</param>
    /// <param name="problem">What is wrong and what helps; the message puts the source before it.</param>
    /// <param name="innerException">What a reader said about it, if anything.</param>
    public ShardException(string source, string problem, Exception? innerException = null)
        : base($"'{source}' {problem}", innerException)
    {
        SourceName = source;
    }

    /// <summary>The shard's address, or the store.</summary>
    public string SourceName { get; }
}
