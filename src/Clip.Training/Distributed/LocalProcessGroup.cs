using Clip.Shared;

namespace Clip.Training.Distributed;

/// <summary>Ranks that are threads of one process: for tests, and to see what several ranks do without a launcher.</summary>
/// <remarks>
/// Sums are made in the order of ranks, so they have the same bits on every rank and in every run. Random numbers inside the towers (patch
/// dropout) come from generators that a process has once; ranks that are threads share them, and draw what chance gives.
/// </remarks>
public sealed class LocalProcessGroup : IProcessGroup
{
    private readonly Meeting _meeting;

    private LocalProcessGroup(int rank, Meeting meeting) => (Rank, _meeting) = (rank, meeting);

    /// <inheritdoc/>
    public int Rank { get; }

    /// <inheritdoc/>
    public int WorldSize => _meeting.Places.Length;

    /// <summary>Runs every rank on a thread of its own, and waits for all.</summary>
    /// <param name="worldSize">How many ranks. Positive.</param>
    /// <param name="work">What each does.</param>
    /// <exception cref="AggregateException">Ranks failed; the others were aborted. It holds what those that failed first threw.</exception>
    public static void Run(int worldSize, Action<IProcessGroup> work)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(worldSize);
        ArgumentNullException.ThrowIfNull(work);
        using var meeting = new Meeting(worldSize);
        var failures = new Exception?[worldSize];
        var threads = Enumerable.Range(0, worldSize).Select(rank => new Thread(() =>
        {
            using var group = new LocalProcessGroup(rank, meeting);
            try
            {
                work(group);
            }
            catch (Exception e)
            {
                failures[rank] = e;
                meeting.Abort($"rank {rank} failed: {e.Message}");
            }
        })).ToList();
        threads.ForEach(thread => thread.Start());
        threads.ForEach(thread => thread.Join());
        var causes = failures.OfType<Exception>().OrderBy(failure => failure is ProcessGroupException).ToList();
        if (causes.Count > 0)
            throw new AggregateException(causes);
    }

    /// <inheritdoc/>
    public Tensor Gather(Tensor rows) => Exchange(rows, all => cat(all));

    /// <inheritdoc/>
    public Tensor ReduceScatter(Tensor gradients) => Exchange(gradients, all =>
    {
        using var scope = NewDisposeScope();
        var rows = gradients.shape[0] / WorldSize;
        return Sum(all.Select(gradient => gradient.narrow(0, Rank * rows, rows))).MoveToOuterDisposeScope();
    });

    /// <inheritdoc/>
    public Task AllReduceAsync(Tensor tensor)
    {
        ArgumentNullException.ThrowIfNull(tensor);
        using var scope = NewDisposeScope();
        using var noGradients = no_grad();
        tensor.copy_(Exchange(tensor, all => Sum(all)));
        _meeting.WaitForAll();
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public void Broadcast(Tensor tensor, int root = 0)
    {
        ArgumentNullException.ThrowIfNull(tensor);
        using var scope = NewDisposeScope();
        using var noGradients = no_grad();
        tensor.copy_(Exchange(tensor, all => all[root].clone()));
    }

    /// <inheritdoc/>
    public long[] AllGather(ReadOnlySpan<long> values)
    {
        using var scope = NewDisposeScope();
        return Gather(torch.tensor(values.ToArray())).data<long>().ToArray();
    }

    /// <inheritdoc/>
    public void Barrier() => _meeting.WaitForAll();

    /// <inheritdoc/>
    public void Abort(string reason) => _meeting.Abort(reason);

    /// <summary>Does nothing: what the ranks share goes when all have ended.</summary>
    public void Dispose()
    {
    }

    private static Tensor Sum(IEnumerable<Tensor> all) => all.Aggregate((sum, next) => sum.Plus(next));

    // The places are read between two meetings, while no rank changes its own.
    private Tensor Exchange(Tensor own, Func<Tensor[], Tensor> combine)
    {
        _meeting.Places[Rank] = own.detach();
        _meeting.WaitForAll();
        using var noGradients = no_grad();
        var combined = combine(_meeting.Places);
        _meeting.WaitForAll();
        return combined;
    }

    /// <summary>Where the ranks meet.</summary>
    private sealed class Meeting(int worldSize) : IDisposable
    {
        private readonly Barrier _barrier = new(worldSize);
        private readonly CancellationTokenSource _aborted = new();
        private string _reason = "";

        public Tensor[] Places { get; } = new Tensor[worldSize];

        public void WaitForAll()
        {
            try
            {
                _barrier.SignalAndWait(_aborted.Token);
            }
            catch (OperationCanceledException)
            {
                throw new ProcessGroupException($"The ranks were aborted: {_reason}");
            }
        }

        public void Abort(string reason)
        {
            if (!_aborted.IsCancellationRequested)
                _reason = reason;
            _aborted.Cancel();
        }

        public void Dispose()
        {
            _barrier.Dispose();
            _aborted.Dispose();
        }
    }
}
