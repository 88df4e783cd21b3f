using SkiaSharp;

namespace Clip.Preprocessing.Tests.Support;

/// <summary>Image files of any size, made on the spot.</summary>
internal static class TestImages
{
    public static byte[] Jpeg(int width, int height) => Encode(width, height, SKEncodedImageFormat.Jpeg);

    public static byte[] Png(int width, int height) => Encode(width, height, SKEncodedImageFormat.Png);

    public static byte[] WebP(int width, int height) => Encode(width, height, SKEncodedImageFormat.Webp);

    /// <summary>A JPEG file that says how it is turned upright.</summary>
    public static byte[] Jpeg(int width, int height, byte orientation)
    {
        byte[] exif =
        [
            0xFF, 0xE1, 0, 34, (byte)'E', (byte)'x', (byte)'i', (byte)'f', 0, 0,
            (byte)'M', (byte)'M', 0, 42, 0, 0, 0, 8, 0, 1, 0x01, 0x12, 0, 3, 0, 0, 0, 1, 0, orientation, 0, 0, 0, 0, 0, 0,
        ];
        var plain = Jpeg(width, height);
        return [.. plain[..2], .. exif, .. plain[2..]];
    }

    // Slopes with edges: neither flat nor noise.
    private static byte[] Encode(int width, int height, SKEncodedImageFormat format)
    {
        using var bitmap = new SKBitmap(new SKImageInfo(width, height, SKColorType.Rgba8888, SKAlphaType.Opaque));
        var pixels = bitmap.GetPixelSpan();
        for (var y = 0; y < height; y++)
        {
            var row = pixels.Slice(y * bitmap.RowBytes, 4 * width);
            for (var x = 0; x < width; x++)
            {
                row[4 * x] = (byte)(x * 255 / width);
                row[4 * x + 1] = (byte)(y * 255 / height);
                row[4 * x + 2] = (byte)((x / 13 ^ y / 17) * 31);
                row[4 * x + 3] = 255;
            }
        }
        using var data = bitmap.Encode(format, 90);
        return data.ToArray();
    }
}
