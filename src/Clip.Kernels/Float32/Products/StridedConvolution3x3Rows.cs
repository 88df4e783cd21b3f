using Clip.Kernels.Float32.Memory;

namespace Clip.Kernels.Float32.Products;

/// <summary>What the first convolution of a ResNet sees, 3 x 3 positions at a stride of 2, as rows of a matrix; nothing is copied.</summary>
/// <remarks>The channels of three adjacent positions lie side by side, so that a row has three pieces only.</remarks>
/// <param name="padded">Pixels, channels last, with a border of zeros one position wide.</param>
internal readonly unsafe struct StridedConvolution3x3Rows(FeatureMap padded) : IInputRows
{
    private const int Side = 3, Stride = 2;

    public int Segments => Side;

    public nint Depth => Side * padded.Channels;

    public void Locate(nint row, int firstSegment, int segments, nint offset, float** target, int targetStride)
    {
        var (y, x) = Math.DivRem((int)row, (int)(padded.Width - Side) / Stride + 1);
        var corner = padded.First + ((nint)y * Stride * padded.Width + x * Stride) * padded.Channels + offset;
        for (var segment = firstSegment; segment < firstSegment + segments; segment++, target += targetStride)
            *target = corner + segment * padded.Width * padded.Channels;
    }
}
