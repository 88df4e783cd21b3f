using System.Collections.Concurrent;

namespace Clip.Training.Data.Reading;

/// <summary>Batches between the thread that makes them and the one that takes them.</summary>
internal sealed class BatchQueue : IDisposable
{
    private readonly BlockingCollection<PairBatch> _ready = [];
    private readonly SemaphoreSlim _places;
    private readonly CancellationTokenSource _stop;
    private volatile bool _isAbandoned;

    /// <summary>Makes an empty queue.</summary>
    /// <param name="capacity">The most batches that are being made or ready.</param>
    /// <param name="cancellationToken">Ends making.</param>
    public BatchQueue(int capacity, CancellationToken cancellationToken)
    {
        _places = new SemaphoreSlim(capacity);
        _stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        Stopped = _stop.Token;
    }

    /// <summary>Cancelled when no more batches are asked for.</summary>
    public CancellationToken Stopped { get; }

    /// <summary>Runs what makes the batches. Where it is stopped, those that are ready are disposed.</summary>
    public void Fill(Action<BatchQueue> produce)
    {
        try
        {
            produce(this);
        }
        finally
        {
            _ready.CompleteAdding();
            if (_isAbandoned)
                Dispose();
            else if (Stopped.IsCancellationRequested)
                Drain();
        }
    }

    /// <summary>Waits for room for one more batch, before it is made.</summary>
    /// <exception cref="OperationCanceledException">No more are asked for.</exception>
    public void WaitForPlace() => _places.Wait(Stopped);

    /// <summary>Adds a batch, for which there is room.</summary>
    public void Add(PairBatch batch) => _ready.Add(batch);

    /// <summary>Takes the next batch; null where there will be no more.</summary>
    public PairBatch? Take(CancellationToken cancellationToken)
    {
        if (!_ready.TryTake(out var batch, Timeout.Infinite, cancellationToken))
            return null;
        _places.Release();
        return batch;
    }

    /// <summary>Asks for no more batches.</summary>
    public void Stop() => _stop.Cancel();

    /// <summary>Asks for no more batches, and leaves it to the thread that makes them to dispose the queue.</summary>
    public void Abandon()
    {
        _isAbandoned = true;
        Stop();
    }

    /// <summary>Disposes the batches that nobody has taken, once nothing is added any more.</summary>
    public void Dispose()
    {
        Drain();
        _stop.Dispose();
        _ready.Dispose();
        _places.Dispose();
    }

    private void Drain()
    {
        while (_ready.TryTake(out var batch))
            batch.Dispose();
    }
}
