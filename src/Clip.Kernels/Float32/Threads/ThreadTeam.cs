namespace Clip.Kernels.Float32.Threads;

/// <summary>The threads that run the same code at the same time, each on its share of the work, as one of them sees it.</summary>
internal sealed class ThreadTeam
{
    private readonly TeamBarrier _barrier;
    private long _announced;

    private ThreadTeam(TeamBarrier barrier, int rank)
    {
        _barrier = barrier;
        Rank = rank;
    }

    /// <summary>A team of one thread.</summary>
    public static ThreadTeam Alone { get; } = new(new TeamBarrier(1), 0);

    /// <summary>The rank of this thread, from 0.</summary>
    public int Rank { get; }

    /// <summary>How many threads there are.</summary>
    public int Size => _barrier.Size;

    /// <summary>Makes a team, as each of its threads sees it.</summary>
    public static ThreadTeam[] Create(int size)
    {
        var barrier = new TeamBarrier(size);
        return [.. Enumerable.Range(0, size).Select(rank => new ThreadTeam(barrier, rank))];
    }

    /// <summary>This thread's share of some pieces of work.</summary>
    public WorkRange Share(nint total) => WorkRange.Share(total, Rank, Size);

    /// <summary>Work that the threads take as they become free, each piece once; all of them call it, in the same order.</summary>
    /// <param name="total">Number of pieces.</param>
    /// <param name="least">Pieces that are worth taking alone.</param>
    public DynamicChunks Chunks(nint total, nint least) => new(this, total, least);

    // Tickets of each thread's share run on from one piece of work to the next. A thread leaves work only when all its tickets are used, so
    // that none is used before it was announced.
    internal long Announce(int count)
    {
        var first = _announced;
        _announced += count;
        return first;
    }

    internal bool TryUseTicket(int owner, long first, int count, out int index) => _barrier.TryUseTicket(owner, first, count, out index);

    /// <summary>Waits until all threads have come here; what they wrote before can be read afterwards.</summary>
    /// <exception cref="OperationCanceledException">One of them has failed and will not come.</exception>
    public void Barrier() => _barrier.Wait();

    /// <summary>Lets the others no longer wait for this thread.</summary>
    public void Abort() => _barrier.Abort();
}
