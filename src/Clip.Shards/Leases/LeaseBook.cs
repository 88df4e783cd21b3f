using System.Text;
using Clip.Shards.Outputs;

namespace Clip.Shards.Leases;

/// <summary>Who works on which shard, by entries of the store.</summary>
/// <param name="store">The store.</param>
/// <param name="staleAfter">After what time without a sign of life a shard may be taken.</param>
internal sealed class LeaseBook(IShardStore store, TimeSpan staleAfter)
{
    private DateTimeOffset _time;
    private long _asked;

    /// <summary>Asks for the store's time, which goes on by this process's clock until it is asked for again.</summary>
    public async Task SynchronizeAsync(CancellationToken cancellationToken)
    {
        _time = await store.GetTimeAsync(cancellationToken).ConfigureAwait(false);
        _asked = TimeProvider.System.GetTimestamp();
    }

    /// <summary>The store's time.</summary>
    public DateTimeOffset Now => _time + TimeProvider.System.GetElapsedTime(_asked);

    /// <summary>Whether a lease's worker gave no sign of life for too long.</summary>
    public bool IsStale(StoredEntry lease) => Now - lease.Modified > staleAfter;

    /// <summary>Takes a shard that nobody has, or whose worker is gone.</summary>
    /// <returns>Null where another worker has it.</returns>
    public async Task<Lease?> TryClaimAsync(Shard shard, CancellationToken cancellationToken)
    {
        var path = OutputNames.OfLease(shard.Number);
        // Nobody else writes the same.
        var content = Encoding.UTF8.GetBytes($"{Environment.MachineName} {Environment.ProcessId} {Guid.NewGuid():N}\n");
        var entry = await store.TryCreateAsync(path, content, cancellationToken).ConfigureAwait(false);
        if (entry is null && await store.FindAsync(path, cancellationToken).ConfigureAwait(false) is { } other && IsStale(other))
            entry = await store.TryReplaceAsync(other, content, cancellationToken).ConfigureAwait(false);
        return entry is null ? null : new Lease(store, entry, content, staleAfter);
    }
}
