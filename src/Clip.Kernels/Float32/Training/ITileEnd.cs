namespace Clip.Kernels.Float32.Training;

/// <summary>What happens to a tile of a product while it is in the first cache.</summary>
internal unsafe interface ITileEnd
{
    /// <summary>Finishes a tile, whose sums are complete.</summary>
    /// <param name="tile">Its first element, where it belongs in the result.</param>
    /// <param name="stride">Elements from one row of the result to the next.</param>
    /// <param name="row">The tile's first row in the result.</param>
    /// <param name="column">The tile's first column.</param>
    /// <param name="rows">How many rows.</param>
    /// <param name="width">How many columns.</param>
    void Finish(float* tile, nint stride, nint row, nint column, int rows, int width);
}
