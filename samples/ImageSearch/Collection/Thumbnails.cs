using Clip.Preprocessing;
using SkiaSharp;

namespace ImageSearch;

/// <summary>Makes small images of large ones: upright, and without anything else that was in the file.</summary>
internal static class Thumbnails
{
    // Twice the side that the page shows, for displays with twice the dots.
    private const int Side = 384;
    private const int SmallBytes = 64 << 10;
    private const int Quality = 82;

    /// <summary>Whether an image is so small that it is shown itself.</summary>
    /// <param name="width">Its width.</param>
    /// <param name="height">Its height.</param>
    /// <param name="bytes">The length of its file.</param>
    public static bool IsSmall(long width, long height, long bytes) => Math.Max(width, height) <= Side && bytes <= SmallBytes;

    /// <summary>Makes a thumbnail.</summary>
    /// <param name="preprocessor">Decodes, within its limits.</param>
    /// <param name="bytes">The image.</param>
    /// <param name="name">What errors call it.</param>
    /// <returns>A WebP file.</returns>
    /// <exception cref="ImageDecodingException">The image cannot be read.</exception>
    public static byte[] Make(ImagePreprocessor preprocessor, ReadOnlySpan<byte> bytes, string name)
    {
        using var decoded = preprocessor.Decode(bytes, name);
        using var bitmap = new SKBitmap(new SKImageInfo(decoded.Width, decoded.Height, SKColorType.Rgba8888, SKAlphaType.Unpremul));
        for (var row = 0; row < decoded.Height; row++)
            Convert(decoded.Pixels.Slice(row * decoded.Stride, decoded.Stride), decoded.Format, bitmap.GetPixelSpan().Slice(row * bitmap.RowBytes, 4 * decoded.Width));

        var scale = Math.Min(1, (double)Side / Math.Max(decoded.Width, decoded.Height));
        var size = new SKSizeI(Math.Max(1, (int)Math.Round(scale * decoded.Width)), Math.Max(1, (int)Math.Round(scale * decoded.Height)));
        using var small = bitmap.Resize(size, new SKSamplingOptions(SKFilterMode.Linear, SKMipmapMode.Linear));
        using var data = small.Encode(SKEncodedImageFormat.Webp, Quality);
        return data.ToArray();
    }

    private static void Convert(ReadOnlySpan<byte> source, PixelFormat format, Span<byte> rgba)
    {
        var length = format.BytesPerPixel();
        for (int from = 0, to = 0; to < rgba.Length; from += length, to += 4)
        {
            var pixel = source.Slice(from, length);
            (rgba[to], rgba[to + 1], rgba[to + 2], rgba[to + 3]) = format switch
            {
                PixelFormat.Gray8 => (pixel[0], pixel[0], pixel[0], byte.MaxValue),
                PixelFormat.GrayAlpha16 => (pixel[0], pixel[0], pixel[0], pixel[1]),
                PixelFormat.Rgba32 => (pixel[0], pixel[1], pixel[2], pixel[3]),
                PixelFormat.Cmyk32 => (Ink(pixel[0], pixel[3]), Ink(pixel[1], pixel[3]), Ink(pixel[2], pixel[3]), byte.MaxValue),
                _ => (pixel[0], pixel[1], pixel[2], byte.MaxValue),
            };
        }
    }

    // What a color's ink and the black leave of the light.
    private static byte Ink(byte color, byte black) => (byte)((255 - color) * (255 - black) / 255);
}
