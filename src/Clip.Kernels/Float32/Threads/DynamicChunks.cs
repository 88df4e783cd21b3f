namespace Clip.Kernels.Float32.Threads;

/// <summary>Chunks of work that the threads of a team take as they become free; every piece is taken once.</summary>
/// <remarks>
/// Each round hands out half of what is left, a chunk per thread: the first chunks are large, and the last ones so small that threads
/// of different speed finish together. Method: Hummel, Schonberg and Flynn 1992, "Factoring".
/// </remarks>
internal readonly struct DynamicChunks
{
    private readonly ThreadTeam _team;
    private readonly Cut _cut;
    private readonly long _firstTicket;
    private readonly int _count;

    /// <summary>Cuts work into chunks; every thread of the team does it with the same arguments.</summary>
    /// <param name="team">The thread.</param>
    /// <param name="total">Number of pieces.</param>
    /// <param name="least">Pieces that are worth taking alone.</param>
    public DynamicChunks(ThreadTeam team, nint total, nint least)
    {
        _team = team;
        _cut = new(total, team.Size, nint.Max(1, least));
        if (team.Size == 1)
            return;
        var cut = _cut;
        while (cut.MoveNext())
            _count++;
        _firstTicket = team.Announce(_count);
    }

    /// <summary>Takes chunks as long as there are some.</summary>
    public Enumerator GetEnumerator() => new(this);

    /// <summary>The chunks that this thread takes.</summary>
    public struct Enumerator
    {
        private readonly DynamicChunks _chunks;
        private Cut _cut;
        private int _next;

        internal Enumerator(DynamicChunks chunks)
        {
            _chunks = chunks;
            _cut = chunks._cut;
        }

        /// <summary>Adjacent pieces.</summary>
        public readonly WorkRange Current => _cut.Current;

        /// <summary>Takes the next chunk; false where none is left.</summary>
        public bool MoveNext()
        {
            if (_chunks._team.Size == 1)
                return _cut.MoveNext();
            if (!_chunks._team.TryUseTicket(_chunks._firstTicket, _chunks._count, out var index))
                return false;
            for (; _next <= index; _next++)
                _cut.MoveNext();
            return true;
        }
    }

    // All chunks in order.
    private struct Cut(nint total, int threads, nint least)
    {
        private int _count;
        private nint _size;
        private nint _end;

        public readonly WorkRange Current => new(_end - _size, nint.Min(total, _end));

        public bool MoveNext()
        {
            if (_end >= total)
                return false;
            if (_count++ % threads == 0)
                _size = threads == 1 ? total : nint.Max(least, (total - _end + 2 * threads - 1) / (2 * threads));
            _end += _size;
            return true;
        }
    }
}
