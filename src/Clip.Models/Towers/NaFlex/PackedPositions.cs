namespace Clip.Models;

/// <summary>The positions of grids in a packed tower, whose weights no longer change: those of the latest grids are kept.</summary>
/// <param name="compute">Computes those of a grid of rows and columns, [h w, W].</param>
internal sealed class PackedPositions(Func<long, long, Tensor> compute) : IDisposable
{
    // A limit of patches has some tens of grids; each takes as much memory as the tokens of an image.
    private const int MostGrids = 32;

    private readonly object _lock = new();
    private readonly LinkedList<((long Rows, long Columns) Grid, Tensor Positions)> _latest = new();

    /// <summary>The positions of a grid, in the caller's dispose scope.</summary>
    public Tensor Get(long rows, long columns)
    {
        lock (_lock)
        {
            var node = _latest.First;
            while (node is not null && node.Value.Grid != (rows, columns))
                node = node.Next;
            if (node is null)
            {
                node = new(((rows, columns), Compute(rows, columns)));
                if (_latest.Count == MostGrids)
                {
                    _latest.Last!.Value.Positions.Dispose();
                    _latest.RemoveLast();
                }
            }
            else
            {
                _latest.Remove(node);
            }
            _latest.AddFirst(node);
            return node.Value.Positions.alias();
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var (_, positions) in _latest)
            positions.Dispose();
        _latest.Clear();
    }

    private Tensor Compute(long rows, long columns)
    {
        using var noGradients = no_grad();
        using var scope = NewDisposeScope();
        return compute(rows, columns).contiguous().DetachFromDisposeScope();
    }
}
