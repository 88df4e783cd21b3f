namespace Clip.DependencyInjection;

/// <summary>Lets so many calls compute at once, on threads of the pool; the others wait without one.</summary>
/// <param name="slots">How many.</param>
internal sealed class ComputeGate(int slots)
{
    private readonly SemaphoreSlim _free = new(slots);
    private readonly Lock _lock = new();
    private volatile bool _isClosed;
    private Task? _drain;

    /// <summary>Runs work when its turn comes.</summary>
    /// <param name="work">The work; it watches the token itself.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    /// <exception cref="ObjectDisposedException">The gate is closed.</exception>
    public async Task<T> RunAsync<T>(Func<T> work, CancellationToken cancellationToken)
    {
        await _free.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            if (_isClosed)
                throw new ObjectDisposedException(nameof(ClipModel), "The container of this model is disposed.");
            return await Task.Run(work, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            _free.Release();
        }
    }

    /// <summary>Lets nothing start any more, and waits for what runs.</summary>
    public Task CloseAsync()
    {
        _isClosed = true;
        lock (_lock)
            return _drain ??= DrainAsync();
    }

    private async Task DrainAsync()
    {
        for (var slot = 0; slot < slots; slot++)
            await _free.WaitAsync().ConfigureAwait(false);
        // Whoever waited for a turn learns that there is none.
        _free.Release(slots);
    }
}
