using SkiaSharp;

namespace Clip.Preprocessing.Tests.Support;

/// <summary>JPEG files that compress like photos: shapes with edges, texture in all sizes, and the grain of a sensor. 4000x3000 take about 3 MB.</summary>
internal static class GeneratedPhoto
{
    private const int Octaves = 9;

    /// <summary>Encodes a photo, with colors at half the size as cameras do.</summary>
    /// <param name="width">Pixels in a row.</param>
    /// <param name="height">Rows.</param>
    /// <param name="seed">Which photo.</param>
    /// <param name="quality">JPEG's, to 100.</param>
    public static unsafe byte[] Create(int width, int height, int seed, int quality = 90)
    {
        using var bitmap = new SKBitmap(new SKImageInfo(width, height, SKColorType.Rgba8888, SKAlphaType.Opaque));
        var pixels = bitmap.GetPixels();
        var stride = bitmap.RowBytes;
        Parallel.For(0, height, y => Fill(new Span<byte>((byte*)pixels + (long)y * stride, 4 * width), y, seed));
        using var data = bitmap.Encode(SKEncodedImageFormat.Jpeg, quality);
        return data.ToArray();
    }

    private static void Fill(Span<byte> row, int y, int seed)
    {
        var width = row.Length / 4;
        for (var x = 0; x < width; x++)
        {
            var (texture, amplitude, scale) = (0f, 220f, width / 2f);
            for (var octave = 0; octave < Octaves && scale >= 3; octave++, scale /= 2, amplitude *= 0.55f)
                texture += amplitude * Smooth(x / scale, y / scale, seed, octave);
            var shape = Smooth(6f * x / width, 6f * y / width, seed, 20) > 0.05f ? 40 : -20;
            var grain = 20 * Value(x, y, seed, 21);
            var light = 128 + texture + shape + grain;
            var (warm, cold) = (60 * Smooth(5f * x / width, 5f * y / width, seed, 22), 60 * Smooth(7f * x / width, 7f * y / width, seed, 23));
            row[4 * x] = ToByte(light + warm);
            row[4 * x + 1] = ToByte(light - (warm + cold) / 2);
            row[4 * x + 2] = ToByte(light + cold);
            row[4 * x + 3] = 255;
        }
    }

    private static byte ToByte(float value) => (byte)Math.Clamp(value, 0, 255);

    // Values at whole places, with smooth slopes between them.
    private static float Smooth(float x, float y, int seed, int layer)
    {
        var (left, top) = ((int)x, (int)y);
        var (across, down) = (x - left, y - top);
        (across, down) = (across * across * (3 - 2 * across), down * down * (3 - 2 * down));
        var above = float.Lerp(Value(left, top, seed, layer), Value(left + 1, top, seed, layer), across);
        var below = float.Lerp(Value(left, top + 1, seed, layer), Value(left + 1, top + 1, seed, layer), across);
        return float.Lerp(above, below, down);
    }

    // From -0.5 to 0.5, the same on every machine.
    private static float Value(int x, int y, int seed, int layer)
    {
        var hash = (uint)x * 374761393u + (uint)y * 668265263u + (uint)(100 * seed + layer) * 2246822519u;
        hash = (hash ^ hash >> 13) * 1274126177u;
        return ((hash ^ hash >> 16) & 0xFFFF) / 65535f - 0.5f;
    }
}
