namespace Clip.Runtime.Kernels.Float32;

/// <summary>A part of a matrix product: some of its rows, some of its columns.</summary>
/// <param name="Rows">The rows.</param>
/// <param name="Columns">The columns, or groups of them.</param>
internal readonly record struct WorkGrid(WorkRange Rows, WorkRange Columns)
{
    // Pieces for each worker, where there are enough: the more, the smaller the last.
    private const int PiecesPerWorker = 8;

    /// <summary>How a product is best cut among workers.</summary>
    /// <param name="rows">All rows.</param>
    /// <param name="columns">All columns.</param>
    /// <param name="workers">How many workers there are.</param>
    /// <param name="enoughRows">Rows that keep a worker busy with a part of the weights.</param>
    /// <returns>Groups of rows, and groups of columns; one of both is usually 1.</returns>
    public static (nint RowGroups, nint ColumnGroups) Cut(nint rows, nint columns, int workers, nint enoughRows)
    {
        // Many rows: workers take some, and read all weights. Few rows: they read some of the weights, so that memory is read once.
        if (rows >= 2 * enoughRows * workers)
            return ((rows + enoughRows - 1) / enoughRows, 1);
        var rowGroups = columns >= workers ? 1 : nint.Min(rows, (PiecesPerWorker * workers + columns - 1) / columns);
        return (nint.Max(1, rowGroups), columns);
    }
}
