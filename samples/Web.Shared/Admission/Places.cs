using System.Threading.RateLimiting;

namespace Web.Shared;

/// <summary>Places that requests hold while they do something, and a queue of bounded length in front of them, the oldest first.</summary>
/// <param name="count">The places.</param>
/// <param name="queue">The most requests that wait.</param>
internal sealed class Places(int count, int queue) : IDisposable
{
    private static readonly TimeSpan s_retryAfter = TimeSpan.FromSeconds(1);

    private readonly ConcurrencyLimiter _limiter = new(new ConcurrencyLimiterOptions
    {
        PermitLimit = count,
        QueueLimit = queue,
        QueueProcessingOrder = QueueProcessingOrder.OldestFirst,
    });

    /// <summary>How many places are free.</summary>
    public long Free => _limiter.GetStatistics()!.CurrentAvailablePermits;

    /// <summary>How many requests wait.</summary>
    public long Queued => _limiter.GetStatistics()!.CurrentQueuedCount;

    /// <summary>Takes a place, if one is free.</summary>
    /// <returns>The place, which disposal frees.</returns>
    /// <exception cref="OverloadedException">None is free.</exception>
    public IDisposable Enter() => Require(_limiter.AttemptAcquire());

    /// <summary>Takes a place when its turn comes.</summary>
    /// <param name="waiting">The time that the request may wait.</param>
    /// <param name="cancellationToken">Ends the waiting, and leaves the queue.</param>
    /// <returns>The place, which disposal frees.</returns>
    /// <exception cref="OverloadedException">The queue is full, or the time is over.</exception>
    /// <exception cref="OperationCanceledException">The token was canceled.</exception>
    public async Task<IDisposable> EnterAsync(Waiting waiting, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var lease = _limiter.AttemptAcquire();
        return Require(lease.IsAcquired ? lease : await waiting.ForAsync(end => _limiter.AcquireAsync(1, end), cancellationToken));
    }

    public void Dispose() => _limiter.Dispose();

    private static RateLimitLease Require(RateLimitLease lease) =>
        lease.IsAcquired ? lease : throw new OverloadedException("The server is busy; too many requests wait already.", s_retryAfter);
}
