namespace Clip.Kernels.Float32.Products;

/// <summary>The patches of an image as rows of a matrix; nothing is copied.</summary>
/// <param name="pixels">Pixels [channels, height, width].</param>
/// <param name="channels">Channels of a pixel.</param>
/// <param name="height">Rows of the image.</param>
/// <param name="width">Columns of the image.</param>
/// <param name="patch">Side of a patch; what is left over at the right and below is not looked at.</param>
internal readonly unsafe struct PatchRows(float* pixels, int channels, nint height, nint width, int patch) : IInputRows
{
    public int Segments => channels * patch;

    public nint Depth => patch;

    public void Locate(nint row, int firstSegment, int segments, nint offset, float** target, int targetStride)
    {
        var (patchRow, patchColumn) = Math.DivRem((int)row, (int)width / patch);
        var corner = pixels + (nint)patchRow * patch * width + patchColumn * patch + offset;
        for (var segment = firstSegment; segment < firstSegment + segments; segment++, target += targetStride)
        {
            var (channel, y) = Math.DivRem(segment, patch);
            *target = corner + (channel * height + y) * width;
        }
    }
}
