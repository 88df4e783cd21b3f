namespace Clip.Preprocessing;

/// <summary>The memory that all images being decoded at once may take. An image waits until there is room for it.</summary>
/// <remarks>
/// Images get room in the order in which they ask: a small one does not overtake a large one that waits, so none waits for ever. Preprocessors
/// share a budget when their options hold the same one.
/// </remarks>
public sealed class ImageMemoryBudget
{
    private const long LeastDefault = 1L << 30;

    private readonly Lock _gate = new();
    private readonly LinkedList<Waiter> _waiting = new();
    private long _bytesInUse;

    /// <summary>Creates a budget of which nothing is in use.</summary>
    /// <param name="bytes">Bytes, at least 1.</param>
    public ImageMemoryBudget(long bytes)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(bytes, 1);
        Bytes = bytes;
    }

    /// <summary>The budget of every preprocessor whose options hold no other: half of the memory that the process may use, at least 1 GiB.</summary>
    public static ImageMemoryBudget Default { get; } = new(Math.Max(LeastDefault, GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / 2));

    /// <summary>Bytes for all images together.</summary>
    public long Bytes { get; }

    /// <summary>Bytes that images being decoded have at this moment.</summary>
    public long BytesInUse
    {
        get
        {
            lock (_gate)
                return _bytesInUse;
        }
    }

    /// <summary>Images that wait at this moment.</summary>
    public int Waiting
    {
        get
        {
            lock (_gate)
                return _waiting.Count;
        }
    }

    /// <summary>Takes room, after all who asked before; blocks until there is some.</summary>
    /// <param name="bytes">Bytes, at most <see cref="Bytes"/>.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>Gives the room back when disposed.</returns>
    /// <exception cref="OperationCanceledException">Cancellation was asked for; no room is taken.</exception>
    internal Share Take(long bytes, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(bytes, Bytes);
        cancellationToken.ThrowIfCancellationRequested();
        Waiter waiter;
        lock (_gate)
        {
            if (_waiting.Count == 0 && bytes <= Bytes - _bytesInUse)
            {
                _bytesInUse += bytes;
                return new Share(this, bytes);
            }
            waiter = new Waiter(bytes);
            _waiting.AddLast(waiter.Node);
        }
        try
        {
            waiter.HasRoom.Wait(cancellationToken);
        }
        catch (OperationCanceledException)
        {
            Leave(waiter);
            throw;
        }
        return new Share(this, bytes);
    }

    private void Leave(Waiter waiter)
    {
        lock (_gate)
        {
            // Room may have been given at the same moment.
            if (waiter.Node.List is null)
                _bytesInUse -= waiter.Bytes;
            else
                _waiting.Remove(waiter.Node);
            Admit();
        }
    }

    private void Return(long bytes)
    {
        lock (_gate)
        {
            _bytesInUse -= bytes;
            Admit();
        }
    }

    private void Admit()
    {
        while (_waiting.First?.Value is { } first && first.Bytes <= Bytes - _bytesInUse)
        {
            _bytesInUse += first.Bytes;
            _waiting.RemoveFirst();
            first.HasRoom.Set();
        }
    }

    /// <summary>Room that an image has.</summary>
    internal readonly struct Share(ImageMemoryBudget budget, long bytes) : IDisposable
    {
        public void Dispose() => budget.Return(bytes);
    }

    private sealed class Waiter
    {
        public Waiter(long bytes)
        {
            Bytes = bytes;
            Node = new LinkedListNode<Waiter>(this);
        }

        public long Bytes { get; }

        public LinkedListNode<Waiter> Node { get; }

        public ManualResetEventSlim HasRoom { get; } = new();
    }
}
