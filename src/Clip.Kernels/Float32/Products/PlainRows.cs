namespace Clip.Kernels.Float32.Products;

/// <summary>The rows of a matrix that lie at equal distances.</summary>
/// <param name="first">The first row.</param>
/// <param name="stride">Elements from one row to the next.</param>
/// <param name="depth">Elements in a row.</param>
internal readonly unsafe struct PlainRows(float* first, nint stride, nint depth) : IInputRows
{
    public int Segments => 1;

    public nint Depth => depth;

    public void Locate(nint row, int firstSegment, int segments, nint offset, float** target, int targetStride) =>
        *target = first + row * stride + offset;
}
