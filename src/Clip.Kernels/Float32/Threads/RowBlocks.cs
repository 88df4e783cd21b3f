namespace Clip.Kernels.Float32.Threads;

/// <summary>Blocks of rows that the threads of a team take as they become free, each through several layers, so that what lies between these stays in the caches.</summary>
/// <param name="team">The thread.</param>
/// <param name="rows">All rows.</param>
internal readonly struct RowBlocks(ThreadTeam team, nint rows)
{
    /// <summary>Rows of a block at most: as many as a product passes at once.</summary>
    public const int Most = 60;

    // As many blocks for each thread, so that none waits for the others.
    private readonly nint _count = ((rows + Most - 1) / Most + team.Size - 1) / team.Size * team.Size;

    /// <summary>Takes blocks as long as there are some.</summary>
    public Enumerator GetEnumerator() => new(team.Chunks(_count, least: 1).GetEnumerator(), rows, _count);

    /// <summary>The blocks that this thread takes.</summary>
    public struct Enumerator
    {
        private readonly nint _rows;
        private readonly nint _count;
        private DynamicChunks.Enumerator _chunks;
        private nint _block;
        private nint _end;

        internal Enumerator(DynamicChunks.Enumerator chunks, nint rows, nint count) => (_chunks, _rows, _count) = (chunks, rows, count);

        /// <summary>The rows of a block.</summary>
        public readonly WorkRange Current => WorkRange.Share(_rows, (int)_block, (int)_count);

        /// <summary>Takes the next block; false where none is left.</summary>
        public bool MoveNext()
        {
            if (++_block < _end)
                return true;
            if (!_chunks.MoveNext())
                return false;
            (_block, _end) = (_chunks.Current.First, _chunks.Current.End);
            return true;
        }
    }
}
