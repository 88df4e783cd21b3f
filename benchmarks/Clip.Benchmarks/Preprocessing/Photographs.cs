using SkiaSharp;

namespace Clip.Benchmarks.Preprocessing;

/// <summary>JPEG files of photographic statistics: smooth shapes with a little noise.</summary>
internal static class Photographs
{
    private const int Quality = 85;

    /// <summary>Encodes an image of a size such as "640x480".</summary>
    public static byte[] Create(string size)
    {
        var sides = size.Split('x');
        int width = int.Parse(sides[0]), height = int.Parse(sides[1]);
        using var bitmap = new SKBitmap(new SKImageInfo(width, height, SKColorType.Rgba8888, SKAlphaType.Opaque));
        var random = new Random(0);
        var pixels = bitmap.GetPixelSpan();
        unsafe
        {
            fixed (byte* first = pixels)
            {
                for (var i = 0; i < width * height; i++)
                {
                    double x = i % width / (double)width, y = i / width / (double)height;
                    for (var channel = 0; channel < 3; channel++)
                    {
                        var shade = 128 + 90 * Math.Sin(9 * x + channel) * Math.Cos(7 * y - channel);
                        first[4 * i + channel] = (byte)(shade + random.Next(-10, 11));
                    }
                    first[4 * i + 3] = 255;
                }
            }
        }
        using var data = bitmap.Encode(SKEncodedImageFormat.Jpeg, Quality);
        return data.ToArray();
    }
}
