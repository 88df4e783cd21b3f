namespace Clip.Kernels.Float32.Threads;

/// <summary>A part of a matrix product: some of its rows, some of its columns.</summary>
/// <param name="Rows">The rows.</param>
/// <param name="Columns">The columns, or groups of them.</param>
internal readonly record struct WorkGrid(WorkRange Rows, WorkRange Columns)
{
    // Pieces for each thread, where there are enough: the more, the smaller the last.
    private const int PiecesPerThread = 8;

    /// <summary>How a product is best cut among threads.</summary>
    /// <param name="rows">All rows.</param>
    /// <param name="columns">All columns.</param>
    /// <param name="threads">How many threads there are.</param>
    /// <param name="enoughRows">Rows that keep a thread busy with a part of the weights.</param>
    /// <returns>Groups of rows, and groups of columns; one of both is usually 1.</returns>
    public static (nint RowGroups, nint ColumnGroups) Cut(nint rows, nint columns, int threads, nint enoughRows)
    {
        // Many rows: threads take some, and read all weights. Few rows: they read some of the weights, so that memory is read once.
        if (rows >= 2 * enoughRows * threads)
        {
            // As many for each thread, so that none waits for the others.
            var turns = (rows + enoughRows * threads - 1) / (enoughRows * threads);
            return (turns * threads, 1);
        }
        var rowGroups = columns >= threads ? 1 : nint.Min(rows, (PiecesPerThread * threads + columns - 1) / columns);
        return (nint.Max(1, rowGroups), columns);
    }
}
