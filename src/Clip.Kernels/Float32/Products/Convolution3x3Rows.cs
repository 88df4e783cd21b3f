using Clip.Kernels.Float32.Memory;

namespace Clip.Kernels.Float32.Products;

/// <summary>The 3 x 3 neighborhoods of a feature map's positions as rows of a matrix; nothing is copied.</summary>
/// <param name="image">The image.</param>
/// <param name="zeros">What is seen beyond its border, as many zeros as it has channels.</param>
internal readonly unsafe struct Convolution3x3Rows(FeatureMap image, float* zeros) : IInputRows
{
    private const int Side = 3;

    public int Segments => Side * Side;

    public nint Depth => image.Channels;

    public void Locate(nint row, int firstSegment, int segments, nint offset, float** target, int targetStride)
    {
        var (centerY, centerX) = Math.DivRem((int)row, (int)image.Width);
        for (var segment = firstSegment; segment < firstSegment + segments; segment++, target += targetStride)
        {
            var (y, x) = (centerY + segment / Side - 1, centerX + segment % Side - 1);
            *target = offset + ((uint)y < (uint)image.Height && (uint)x < (uint)image.Width
                ? image.First + (y * image.Width + x) * image.Channels
                : zeros);
        }
    }
}
