namespace Clip.Kernels.Float32.Products;

/// <summary>Squares of pixels, whose channels are last in memory, as rows of a matrix; nothing is copied.</summary>
/// <param name="pixels">Pixels [images, height, width, channels].</param>
/// <param name="height">Rows of an image.</param>
/// <param name="width">Columns of an image.</param>
/// <param name="channels">Channels of a pixel.</param>
/// <param name="side">Side of a square; what is left over at the right and below is not looked at.</param>
internal readonly unsafe struct MergedRows(float* pixels, nint height, nint width, nint channels, int side) : IInputRows
{
    public int Segments => side;

    public nint Depth => side * channels;

    public void Locate(nint row, int firstSegment, int segments, nint offset, float** target, int targetStride)
    {
        var columns = width / side;
        var squares = height / side * columns;
        var (image, square) = (row / squares, row % squares);
        var corner = pixels + ((image * height + square / columns * side) * width + square % columns * side) * channels + offset;
        for (var segment = firstSegment; segment < firstSegment + segments; segment++, target += targetStride)
            *target = corner + segment * width * channels;
    }
}
