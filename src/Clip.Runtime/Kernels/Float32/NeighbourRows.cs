namespace Clip.Runtime.Kernels.Float32;

/// <summary>The 3 x 3 neighbourhoods of a picture's places as rows of a matrix; nothing is copied.</summary>
/// <param name="picture">The picture.</param>
/// <param name="zeros">What is seen beyond its border, as many zeros as it has channels.</param>
internal readonly unsafe struct NeighbourRows(Picture picture, float* zeros) : IInputRows
{
    private const int Side = 3;

    public int Segments => Side * Side;

    public nint Depth => picture.Channels;

    public void Locate(nint row, int firstSegment, int segments, nint offset, float** target, int targetStride)
    {
        var (centerY, centerX) = Math.DivRem((int)row, (int)picture.Width);
        for (var segment = firstSegment; segment < firstSegment + segments; segment++, target += targetStride)
        {
            var (y, x) = (centerY + segment / Side - 1, centerX + segment % Side - 1);
            *target = offset + ((uint)y < (uint)picture.Height && (uint)x < (uint)picture.Width
                ? picture.First + (y * picture.Width + x) * picture.Channels
                : zeros);
        }
    }
}
