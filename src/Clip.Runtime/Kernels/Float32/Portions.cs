namespace Clip.Runtime.Kernels.Float32;

/// <summary>Pieces of work that the workers of a crew take as they become free; every piece is taken once.</summary>
/// <remarks>
/// Each round hands out half of what is left, a portion per worker: the first portions are large, and the last ones so small that workers
/// of different speed finish together. Method: Hummel, Schonberg and Flynn 1992, "Factoring".
/// </remarks>
internal readonly struct Portions
{
    private readonly Crew _crew;
    private readonly Cut _cut;
    private readonly long _firstTicket;
    private readonly int _count;

    /// <summary>Cuts work into portions; every worker of the crew does it with the same numbers.</summary>
    /// <param name="crew">The worker.</param>
    /// <param name="total">Number of pieces.</param>
    /// <param name="least">Pieces that are worth taking alone.</param>
    public Portions(Crew crew, nint total, nint least)
    {
        _crew = crew;
        _cut = new(total, crew.Size, nint.Max(1, least));
        if (crew.Size == 1)
            return;
        var cut = _cut;
        while (cut.MoveNext())
            _count++;
        _firstTicket = crew.Announce(_count);
    }

    /// <summary>Takes portions as long as there are some.</summary>
    public Enumerator GetEnumerator() => new(this);

    /// <summary>The portions that this worker takes.</summary>
    public struct Enumerator
    {
        private readonly Portions _portions;
        private Cut _cut;
        private int _next;

        internal Enumerator(Portions portions)
        {
            _portions = portions;
            _cut = portions._cut;
        }

        /// <summary>Neighbouring pieces.</summary>
        public readonly WorkRange Current => _cut.Current;

        /// <summary>Takes the next portion; false where none is left.</summary>
        public bool MoveNext()
        {
            if (_portions._crew.Size == 1)
                return _cut.MoveNext();
            if (!_portions._crew.TryUseTicket(_portions._firstTicket, _portions._count, out var number))
                return false;
            for (; _next <= number; _next++)
                _cut.MoveNext();
            return true;
        }
    }

    // All portions in order.
    private struct Cut(nint total, int workers, nint least)
    {
        private int _count;
        private nint _size;
        private nint _end;

        public readonly WorkRange Current => new(_end - _size, nint.Min(total, _end));

        public bool MoveNext()
        {
            if (_end >= total)
                return false;
            if (_count++ % workers == 0)
                _size = workers == 1 ? total : nint.Max(least, (total - _end + 2 * workers - 1) / (2 * workers));
            _end += _size;
            return true;
        }
    }
}
