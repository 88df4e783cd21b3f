namespace Clip.Training.Data.Reading;

/// <summary>Batches that a thread of its own makes ahead of their use.</summary>
/// <remarks>
/// The thread holds on to the queue alone, not to this object: where an enumeration is left without being disposed, the garbage collector
/// comes here, and the thread ends.
/// </remarks>
internal sealed class BatchesAhead : IDisposable
{
    private readonly BatchQueue _queue;
    private readonly Task _producer;

    /// <summary>Starts the thread.</summary>
    /// <param name="capacity">The most batches that are being made or ready.</param>
    /// <param name="produce">Makes the batches, until the queue says to stop.</param>
    /// <param name="cancellationToken">Ends making and waiting.</param>
    public BatchesAhead(int capacity, Action<BatchQueue> produce, CancellationToken cancellationToken)
    {
        var queue = _queue = new BatchQueue(capacity, cancellationToken);
        _producer = Task.Factory.StartNew(
            () => queue.Fill(produce), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
    }

    /// <summary>Ends the thread of an enumeration that nobody goes on with.</summary>
    ~BatchesAhead() => _queue?.Abandon();

    /// <summary>Takes the next batch.</summary>
    /// <param name="cancellationToken">Ends waiting.</param>
    /// <returns>Null where there will be no more.</returns>
    public PairBatch? Take(CancellationToken cancellationToken)
    {
        var batch = _queue.Take(cancellationToken);
        if (batch is null)
        {
            cancellationToken.ThrowIfCancellationRequested();
            _producer.GetAwaiter().GetResult();
        }
        GC.KeepAlive(this);
        return batch;
    }

    /// <summary>Ends the thread and disposes the batches that nobody has taken.</summary>
    public void Dispose()
    {
        GC.SuppressFinalize(this);
        _queue.Stop();
        Task.WaitAny(_producer);
        // Of batches that nobody takes any more, a failure belongs to nobody; looked at, it does not surface as an unobserved one.
        _ = _producer.Exception;
        _queue.Dispose();
    }
}
