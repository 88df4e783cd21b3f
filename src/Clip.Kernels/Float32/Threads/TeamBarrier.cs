namespace Clip.Kernels.Float32.Threads;

/// <summary>Where the threads of a team wait for each other, and the counter of the chunks they take.</summary>
/// <param name="size">How many threads there are.</param>
internal sealed class TeamBarrier(int size)
{
    // About 100 microseconds, in which most threads come. What else the machine does would keep a processor that is given away for milliseconds.
    private const int SpinsBeforeYield = 300, PausesPerSpin = 10;

    private int _arrived;
    private int _round;
    private long _tickets;
    private volatile bool _isAborted;

    /// <summary>How many threads there are.</summary>
    public int Size => size;

    /// <summary>A number that no other thread gets: 0, 1, 2 and so on.</summary>
    public long NextTicket() => Interlocked.Increment(ref _tickets) - 1;

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
