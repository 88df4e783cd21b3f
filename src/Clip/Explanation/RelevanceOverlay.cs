using SkiaSharp;

namespace Clip;

/// <summary>Draws relevance over an image.</summary>
internal static class RelevanceOverlay
{
    // Small images are drawn in whole multiples, so that they can be looked at.
    private const int LeastSide = 320;

    // The share of the image's own colors where nothing is relevant, and of the heat where it is most.
    private const float Shade = 0.35f, Heat = 0.55f;

    /// <summary>Draws.</summary>
    /// <param name="image">The image.</param>
    /// <param name="relevance">A value for each of its pixels.</param>
    /// <returns>A PNG file.</returns>
    public static byte[] Draw(SeenImage image, ReadOnlySpan<float> relevance)
    {
        var (least, most) = Range(relevance);
        using var bitmap = new SKBitmap(new SKImageInfo(image.Width, image.Height, SKColorType.Rgba8888, SKAlphaType.Opaque));
        var pixels = bitmap.GetPixelSpan();
        for (var i = 0; i < relevance.Length; i++)
        {
            var share = most > least ? (relevance[i] - least) / (most - least) : 0;
            var (own, heat) = (Shade + (1 - Shade - Heat / 2) * share, Heat * share);
            for (var channel = 0; channel < 3; channel++)
                pixels[4 * i + channel] = (byte)Math.Clamp(own * image.Rgb[3 * i + channel] + heat * 255 * Warmth(share, channel), 0, 255);
            pixels[4 * i + 3] = 255;
        }
        return Encode(bitmap);
    }

    // From black over red and yellow to white, a third of the way each.
    private static float Warmth(float share, int channel) => Math.Clamp(3 * share - channel, 0, 1);

    private static byte[] Encode(SKBitmap bitmap)
    {
        var times = Math.Max(1, (LeastSide + Math.Min(bitmap.Width, bitmap.Height) - 1) / Math.Min(bitmap.Width, bitmap.Height));
        using var large = times == 1 ? null : bitmap.Resize(new SKSizeI(times * bitmap.Width, times * bitmap.Height), new SKSamplingOptions(SKFilterMode.Nearest));
        using var data = (large ?? bitmap).Encode(SKEncodedImageFormat.Png, quality: 100);
        return data.ToArray();
    }

    private static (float Least, float Most) Range(ReadOnlySpan<float> values)
    {
        var (least, most) = (float.PositiveInfinity, float.NegativeInfinity);
        foreach (var value in values)
            (least, most) = (Math.Min(least, value), Math.Max(most, value));
        return (least, most);
    }
}
