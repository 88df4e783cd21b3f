using Clip.Shards.Outputs;

namespace Clip.Shards;

/// <summary>What a shard became: its rows, and what is known of them.</summary>
/// <param name="Images">A row for each sample.</param>
/// <param name="Texts">A row for each sample's caption; null where captions are not embedded.</param>
/// <param name="Metadata">A row for each sample.</param>
internal sealed record EmbeddedShard(HalfRows Images, HalfRows? Texts, MetadataFile Metadata)
{
    /// <summary>Writes all files, the image embeddings last: where they are, all are.</summary>
    public async Task WriteAsync(IShardStore store, string number, CancellationToken cancellationToken)
    {
        await store.CommitAsync(OutputNames.Metadata(number), Metadata.WriteAsync, cancellationToken).ConfigureAwait(false);
        if (Texts is not null)
            await store.CommitAsync(OutputNames.TextEmbeddings(number), Texts.WriteAsync, cancellationToken).ConfigureAwait(false);
        await store.CommitAsync(OutputNames.ImageEmbeddings(number), Images.WriteAsync, cancellationToken).ConfigureAwait(false);
    }
}
