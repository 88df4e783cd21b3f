using Clip.Shards.Leases;
using Clip.Shards.Outputs;

namespace Clip.Shards;

/// <summary>How far the workers of a store are.</summary>
/// <param name="Done">Shards whose embeddings are there.</param>
/// <param name="Leased">Shards that a worker has.</param>
/// <param name="Stale">Shards whose worker gave no sign of life for too long; the next worker takes them.</param>
/// <param name="Failed">Shards that failed and are not done, by number.</param>
/// <param name="Rows">Samples of the shards that are done.</param>
public sealed record ShardStatus(int Done, int Leased, int Stale, IReadOnlyList<string> Failed, long Rows)
{
    /// <summary>Reads it.</summary>
    /// <param name="store">The store.</param>
    /// <param name="staleAfter">After what time without a sign of life a lease is stale, as <see cref="ShardEmbedderOptions.StaleAfter"/>.</param>
    /// <param name="cancellationToken">Ends reading.</param>
    /// <exception cref="IOException">The store fails.</exception>
    public static async Task<ShardStatus> ReadAsync(IShardStore store, TimeSpan staleAfter, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(store);
        var size = await StoreIdentity.ReadEmbeddingSizeAsync(store, cancellationToken).ConfigureAwait(false)
            ?? throw new ShardException(store.Name, "holds no embeddings of shards.");
        var done = new HashSet<string>(StringComparer.Ordinal);
        var rows = 0L;
        await foreach (var entry in store.ListAsync(OutputNames.Images, cancellationToken).ConfigureAwait(false))
        {
            if (OutputNames.NumberOfImages(entry.Path) is { } number && done.Add(number))
                rows += HalfRows.CountIn(entry.Length, size);
        }
        var book = new LeaseBook(store, staleAfter);
        await book.SynchronizeAsync(cancellationToken).ConfigureAwait(false);
        var (leased, stale) = (0, 0);
        await foreach (var entry in store.ListAsync(OutputNames.Leases, cancellationToken).ConfigureAwait(false))
        {
            if (done.Contains(OutputNames.Last(entry.Path)))
                continue;
            if (book.IsStale(entry))
                stale++;
            else
                leased++;
        }
        var failed = new SortedSet<string>(StringComparer.Ordinal);
        await foreach (var entry in store.ListAsync(OutputNames.Failures, cancellationToken).ConfigureAwait(false))
        {
            if (OutputNames.Last(entry.Path) is var number && !done.Contains(number))
                failed.Add(number);
        }
        return new ShardStatus(done.Count, leased, stale, [.. failed], rows);
    }
}
