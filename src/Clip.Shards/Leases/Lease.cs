namespace Clip.Shards.Leases;

/// <summary>A shard that this worker has, as long as it gives signs of life.</summary>
internal sealed class Lease : IAsyncDisposable
{
    // Two signs may fail before a lease is stale, and two come late.
    private const int SignsPerLimit = 5;

    private readonly IShardStore _store;
    private readonly ReadOnlyMemory<byte> _content;
    private readonly TimeSpan _staleAfter;
    private readonly CancellationTokenSource _ended = new();
    private readonly CancellationTokenSource _lost = new();
    private readonly Task _signs;
    private StoredEntry _entry;

    public Lease(IShardStore store, StoredEntry entry, ReadOnlyMemory<byte> content, TimeSpan staleAfter)
    {
        (_store, _entry, _content, _staleAfter) = (store, entry, content, staleAfter);
        _signs = Task.Run(GiveSignsAsync);
    }

    /// <summary>Cancelled when another worker has the shard, or may have it.</summary>
    public CancellationToken Lost => _lost.Token;

    /// <summary>Gives the shard back.</summary>
    public async ValueTask DisposeAsync()
    {
        await _ended.CancelAsync().ConfigureAwait(false);
        await _signs.ConfigureAwait(false);
        try
        {
            await _store.DeleteAsync(_entry, _content).ConfigureAwait(false);
        }
        catch (Exception e) when (IsOfStore(e))
        {
            // It becomes stale.
        }
        _ended.Dispose();
        _lost.Dispose();
    }

    private async Task GiveSignsAsync()
    {
        var last = TimeProvider.System.GetTimestamp();
        try
        {
            while (true)
            {
                await Task.Delay(_staleAfter / SignsPerLimit, _ended.Token).ConfigureAwait(false);
                if (await TryRenewAsync(TimeProvider.System.GetElapsedTime(last)).ConfigureAwait(false) is not { } isRenewed)
                    continue;
                if (!isRenewed)
                {
                    await _lost.CancelAsync().ConfigureAwait(false);
                    return;
                }
                last = TimeProvider.System.GetTimestamp();
            }
        }
        catch (OperationCanceledException) when (_ended.IsCancellationRequested)
        {
        }
    }

    // Null where the store did not answer and the lease is not stale yet.
    private async Task<bool?> TryRenewAsync(TimeSpan sinceLast)
    {
        try
        {
            if (await _store.TryRenewAsync(_entry, _content, _ended.Token).ConfigureAwait(false) is not { } renewed)
                return false;
            _entry = renewed;
            return true;
        }
        catch (Exception e) when (IsOfStore(e))
        {
            return sinceLast > _staleAfter ? false : null;
        }
    }

    private static bool IsOfStore(Exception e) => e is IOException or UnauthorizedAccessException;
}
