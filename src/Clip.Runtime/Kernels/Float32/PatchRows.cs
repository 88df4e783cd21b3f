namespace Clip.Runtime.Kernels.Float32;

/// <summary>The patches of a picture as rows of a matrix; nothing is copied.</summary>
/// <param name="pixels">Pixels [3, height, width].</param>
/// <param name="height">Rows of the picture.</param>
/// <param name="width">Columns of the picture.</param>
/// <param name="patch">Side of a patch; what is left over at the right and below is not looked at.</param>
internal readonly unsafe struct PatchRows(float* pixels, nint height, nint width, int patch) : IInputRows
{
    private const int Channels = 3;

    public int Segments => Channels * patch;

    public nint Depth => patch;

    public void Locate(nint row, int firstSegment, int segments, nint offset, float** target, int targetStride)
    {
        var (line, place) = Math.DivRem((int)row, (int)width / patch);
        var corner = pixels + (nint)line * patch * width + place * patch + offset;
        for (var segment = firstSegment; segment < firstSegment + segments; segment++, target += targetStride)
        {
            var (channel, y) = Math.DivRem(segment, patch);
            *target = corner + (channel * height + y) * width;
        }
    }
}
