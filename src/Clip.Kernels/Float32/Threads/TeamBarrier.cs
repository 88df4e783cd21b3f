namespace Clip.Kernels.Float32.Threads;

/// <summary>Where the threads of a team wait for each other, and the counters of the chunks they take.</summary>
/// <param name="size">How many threads there are.</param>
internal sealed class TeamBarrier(int size)
{
    // About 100 microseconds, in which most threads come. What else the machine does would keep a processor that is given away for milliseconds.
    private const int SpinsBeforeYield = 300, PausesPerSpin = 10;

    // Two cache lines: processors fetch them in pairs.
    private const int LongsApart = 16;

    // Used tickets of each thread's share; apart from each other, so that counting one does not take the others from another processor's cache.
    private readonly long[] _used = new long[size * LongsApart];

    private int _arrived;
    private int _round;
    private volatile bool _isAborted;

    /// <summary>How many threads there are.</summary>
    public int Size => size;

    /// <summary>Uses the next ticket of a share of some work, which no other thread gets; false where all are used.</summary>
    /// <param name="owner">The thread whose share it is.</param>
    /// <param name="first">The number of the work's first ticket in all that the share has had.</param>
    /// <param name="count">How many the work has.</param>
    /// <param name="index">Which of them it is, from 0.</param>
    public bool TryUseTicket(int owner, long first, int count, out int index)
    {
        ref var used = ref _used[owner * LongsApart];
        while (true)
        {
            var value = Volatile.Read(ref used);
            index = (int)(value - first);
            if (value >= first + count)
                return false;
            if (Interlocked.CompareExchange(ref used, value + 1, value) == value)
                return true;
        }
    }

    /// <summary>Ends the waiting of all threads, now and later.</summary>
    public void Abort() => _isAborted = true;

    /// <summary>Waits until all threads have called it.</summary>
    /// <remarks>Waits are shorter than it takes to put a thread to sleep, so that it spins.</remarks>
    /// <exception cref="OperationCanceledException">One of them has failed and will not come.</exception>
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

        for (var spins = 0; Volatile.Read(ref _round) == round; spins++)
        {
            if (_isAborted)
                throw new OperationCanceledException("Another thread of the kernel has failed.");
            if (spins < SpinsBeforeYield)
                Thread.SpinWait(PausesPerSpin);
            else
                Thread.Yield();
        }
    }
}
