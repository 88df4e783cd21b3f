namespace Clip.Runtime.Kernels.Float32;

/// <summary>A worker among those that run the same code at the same time, each on its share.</summary>
internal sealed class Crew
{
    private readonly Meeting _meeting;

    private Crew(Meeting meeting, int rank)
    {
        _meeting = meeting;
        Rank = rank;
    }

    /// <summary>A worker without others.</summary>
    public static Crew Alone { get; } = new(new Meeting(1), 0);

    /// <summary>The number of this worker, from 0.</summary>
    public int Rank { get; }

    /// <summary>How many there are.</summary>
    public int Size => _meeting.Size;

    /// <summary>Makes the workers of a crew.</summary>
    public static Crew[] Create(int size)
    {
        var meeting = new Meeting(size);
        return [.. Enumerable.Range(0, size).Select(rank => new Crew(meeting, rank))];
    }

    /// <summary>This worker's share of some pieces of work.</summary>
    public WorkRange Share(nint total) => WorkRange.Share(total, Rank, Size);

    /// <summary>Waits until all workers have come here; what they wrote before can be read afterwards.</summary>
    /// <exception cref="OperationCanceledException">One of them has failed and will not come.</exception>
    public void Barrier() => _meeting.Wait();

    /// <summary>Lets the others no longer wait for this worker.</summary>
    public void GiveUp() => _meeting.Cancel();

    private sealed class Meeting(int size)
    {
        private int _arrived;
        private int _round;
        private volatile bool _isCancelled;

        public int Size => size;

        public void Cancel() => _isCancelled = true;

        // Waits are shorter than it takes to put a thread to sleep.
        public void Wait()
        {
            if (size == 1)
                return;
            var round = Volatile.Read(ref _round);
            if (Interlocked.Increment(ref _arrived) == size)
            {
                _arrived = 0;
                Volatile.Write(ref _round, round + 1);
                return;
            }

            var spin = default(SpinWait);
            while (Volatile.Read(ref _round) == round)
            {
                if (_isCancelled)
                    throw new OperationCanceledException("Another worker of the kernel has failed.");
                spin.SpinOnce(sleep1Threshold: -1);
            }
        }
    }
}
