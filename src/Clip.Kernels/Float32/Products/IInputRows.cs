namespace Clip.Kernels.Float32.Products;

/// <summary>Where the rows of a matrix to be multiplied lie, in one piece or in several.</summary>
internal unsafe interface IInputRows
{
    /// <summary>Pieces of a row.</summary>
    int Segments { get; }

    /// <summary>Elements in a piece.</summary>
    nint Depth { get; }

    /// <summary>Finds pieces of a row.</summary>
    /// <param name="row">The row.</param>
    /// <param name="firstSegment">The first of the pieces.</param>
    /// <param name="segments">How many.</param>
    /// <param name="offset">Elements to skip in each.</param>
    /// <param name="target">Receives the addresses of the pieces, from here on.</param>
    /// <param name="targetStride">Places of the target between one address and the next.</param>
    void Locate(nint row, int firstSegment, int segments, nint offset, float** target, int targetStride);
}
