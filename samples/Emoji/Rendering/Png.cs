using SkiaSharp;

namespace Emoji.Rendering;

/// <summary>PNG files.</summary>
internal static class Png
{
    // Areas of one color compress better as they are than as differences.
    private static readonly SKPngEncoderOptions Smallest = new(SKPngEncoderFilterFlags.None, 9);
    private static readonly SKPngEncoderOptions Fastest = new(SKPngEncoderFilterFlags.Up, 3);

    // Steps of 4 of 256: what is left of the edges between colors compresses better, and nobody sees it.
    private static readonly byte[] Rounded = [.. Enumerable.Range(0, 256).Select(value => (byte)Math.Min(255, (value + 2) / 4 * 4))];

    /// <summary>Encodes images of flat colors as small as it gets, with colors rounded to 64 levels.</summary>
    public static byte[] EncodeSmall(SKBitmap bitmap)
    {
        using var rounded = bitmap.Copy();
        foreach (ref var value in rounded.GetPixelSpan())
            value = Rounded[value];
        return Encode(rounded, Smallest);
    }

    /// <summary>Encodes for files that are made by the ten thousand.</summary>
    public static byte[] EncodeFast(SKBitmap bitmap) => Encode(bitmap, Fastest);

    /// <summary>Lays an image on white.</summary>
    /// <returns>Opaque pixels, which the caller disposes.</returns>
    public static SKBitmap OnWhite(SKBitmap image)
    {
        var opaque = new SKBitmap(new SKImageInfo(image.Width, image.Height, SKColorType.Rgba8888, SKAlphaType.Opaque));
        using var canvas = new SKCanvas(opaque);
        canvas.Clear(SKColors.White);
        canvas.DrawBitmap(image, 0, 0, SKSamplingOptions.Default);
        return opaque;
    }

    private static byte[] Encode(SKBitmap bitmap, SKPngEncoderOptions options)
    {
        using var pixels = bitmap.PeekPixels();
        using var data = pixels.Encode(options) ?? throw new InvalidOperationException($"An image of {bitmap.Info.Size} could not be encoded.");
        return data.ToArray();
    }
}
