namespace Clip.Kernels.Float32.Threads;

/// <summary>Chunks of work that the threads of a team take as they become free; every piece is taken once.</summary>
/// <remarks>
/// <para>
/// Each thread begins with its own share, the same one of all work that is cut alike, so that it mostly reads what it has written itself: what
/// another wrote comes from that one's cache, and where their processors share none, a pass of small layers waits more for that than it computes.
/// Then it takes what is left of the others' shares.
/// </para>
/// <para>
/// The first chunks are large, and the last ones so small that threads of different speed finish together. Method: Hummel, Schonberg and
/// Flynn 1992, "Factoring".
/// </para>
/// </remarks>
internal readonly struct DynamicChunks
{
    private readonly ThreadTeam _team;
    private readonly nint _total;
    private readonly nint _least;
    private readonly long _firstTicket;
    private readonly int _count;

    /// <summary>Cuts work into chunks; every thread of the team does it with the same arguments.</summary>
    /// <param name="team">The thread.</param>
    /// <param name="total">Number of pieces.</param>
    /// <param name="least">Pieces that are worth taking alone.</param>
    public DynamicChunks(ThreadTeam team, nint total, nint least)
    {
        _team = team;
        _total = total;
        _least = nint.Max(1, least);
        if (team.Size == 1)
            return;
        // As many for each thread, those of the largest share: of a smaller one the last may be empty.
        var cut = new Cut(new(0, (total + team.Size - 1) / team.Size), _least);
        while (cut.MoveNext())
            _count++;
        _firstTicket = team.Announce(_count);
    }

    /// <summary>Takes chunks as long as there are some.</summary>
    public Enumerator GetEnumerator() => new(this);

    private Cut CutShare(int owner) => new(WorkRange.Share(_total, owner, _team.Size), _least);

    /// <summary>The chunks that this thread takes.</summary>
    public struct Enumerator
    {
        private readonly DynamicChunks _chunks;
        private int _owner;
        private int _owners;
        private Cut _cut;
        private int _next;

        internal Enumerator(DynamicChunks chunks)
        {
            _chunks = chunks;
            _owner = chunks._team.Rank;
            _cut = chunks.CutShare(_owner);
        }

        /// <summary>Adjacent pieces.</summary>
        public readonly WorkRange Current => _chunks._team.Size == 1 ? new(0, _chunks._total) : _cut.Current;

        /// <summary>Takes the next chunk; false where none is left.</summary>
        public bool MoveNext()
        {
            var team = _chunks._team;
            if (team.Size == 1)
                return _owners++ == 0 && _chunks._total > 0;
            while (true)
            {
                while (team.TryUseTicket(_owner, _chunks._firstTicket, _chunks._count, out var index))
                {
                    var isThere = true;
                    for (; _next <= index; _next++)
                        isThere = _cut.MoveNext();
                    if (isThere)
                        return true;
                }
                if (++_owners == team.Size)
                    return false;
                _owner = (_owner + 1) % team.Size;
                _cut = _chunks.CutShare(_owner);
                _next = 0;
            }
        }
    }

    // All chunks of a share in order: each is half of what is left.
    private struct Cut(WorkRange share, nint least)
    {
        private nint _first;
        private nint _end = share.First;

        public readonly WorkRange Current => new(_first, _end);

        public bool MoveNext()
        {
            if (_end >= share.End)
                return false;
            _first = _end;
            _end = nint.Min(share.End, _first + nint.Max(least, (share.End - _first + 1) / 2));
            return true;
        }
    }
}
