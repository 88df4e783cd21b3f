namespace Clip.Runtime.Kernels.Float32;

/// <summary>A worker among those that run the same code at the same time, each on its share.</summary>
internal sealed class Crew
{
    private const long None = -1;

    private readonly Meeting _meeting;
    private long _announced;
    private long _ticket = None;

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

    /// <summary>Work that the workers take as they become free, each piece once; all of them call it, in the same order.</summary>
    /// <param name="total">Number of pieces.</param>
    /// <param name="least">Pieces that are worth taking alone.</param>
    public Portions Portions(nint total, nint least) => new(this, total, least);

    // Tickets run on from one piece of work to the next: one that is beyond what is being shared is kept for what comes then.
    internal long Announce(int count)
    {
        var first = _announced;
        _announced += count;
        return first;
    }

    internal bool TryUseTicket(long first, int count, out int number)
    {
        if (_ticket == None)
            _ticket = _meeting.NextTicket();
        number = (int)(_ticket - first);
        if (number >= count)
            return false;
        _ticket = None;
        return true;
    }

    /// <summary>Waits until all workers have come here; what they wrote before can be read afterwards.</summary>
    /// <exception cref="OperationCanceledException">One of them has failed and will not come.</exception>
    public void Barrier() => _meeting.Wait();

    /// <summary>Lets the others no longer wait for this worker.</summary>
    public void GiveUp() => _meeting.Cancel();

    private sealed class Meeting(int size)
    {
        private int _arrived;
        private int _round;
        private long _tickets;
        private volatile bool _isCancelled;

        public int Size => size;

        public long NextTicket() => Interlocked.Increment(ref _tickets) - 1;

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
