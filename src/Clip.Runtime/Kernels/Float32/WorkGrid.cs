namespace Clip.Runtime.Kernels.Float32;

/// <summary>A worker's share of a matrix product: some of its rows, some of its columns.</summary>
/// <param name="Rows">The rows.</param>
/// <param name="Columns">The columns, or groups of them.</param>
internal readonly record struct WorkGrid(WorkRange Rows, WorkRange Columns)
{
    /// <summary>Cuts a product among a crew.</summary>
    /// <param name="crew">The worker and how many there are.</param>
    /// <param name="rows">All rows.</param>
    /// <param name="columns">All columns.</param>
    /// <param name="enoughRows">Rows that keep a worker busy with a part of the weights.</param>
    public static WorkGrid Of(Crew crew, nint rows, nint columns, nint enoughRows)
    {
        // Many rows: each worker takes some, and reads all weights. Few rows: each reads some of the weights, so that memory is read once.
        if (rows >= 2 * enoughRows * crew.Size)
            return new(WorkRange.Share(rows, crew.Rank, crew.Size), new(0, columns));

        var acrossColumns = (int)nint.Min(crew.Size, columns);
        var acrossRows = (int)nint.Min(crew.Size / acrossColumns, rows);
        if (crew.Rank >= acrossColumns * acrossRows)
            return default;
        return new(WorkRange.Share(rows, crew.Rank / acrossColumns, acrossRows), WorkRange.Share(columns, crew.Rank % acrossColumns, acrossColumns));
    }
}
