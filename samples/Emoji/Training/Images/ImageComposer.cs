using Clip.Preprocessing;
using Training.Shared;

namespace Emoji.Training.Images;

/// <summary>Makes an image of training of a drawn one: another place and shape, a background, other colors, blurred or as lines.</summary>
/// <remarks>
/// The filters are simple versions of what makes networks look at form rather than style: random convolutions (Xu et al. 2021, "Robust and
/// Generalizable Visual Representation Learning via Random Convolutions"), and edges.
/// </remarks>
internal static class ImageComposer
{
    /// <summary>Numbers of an image: height, width, channels.</summary>
    public const int Length = Recipe.Resolution * Recipe.Resolution * Channels;

    private const int Channels = 3;

    [ThreadStatic]
    private static float[]? s_pixels;

    /// <summary>Makes an image.</summary>
    /// <param name="drawn">The drawn image, premultiplied RGBA.</param>
    /// <param name="target">Where normalized pixels go, [H, W, 3].</param>
    /// <param name="random">Decides.</param>
    public static void Compose(byte[] drawn, Span<float> target, ref IndexedRandom random)
    {
        var pixels = s_pixels ??= new float[Length];
        new Warp(ref random).Draw(drawn, new Background(ref random), pixels);
        if (random.Chance(0.2))
            Filters.Blur(pixels, (float)(random.Chance(0.55) ? random.Between(0.1, 0.8) : -random.Between(0.2, 0.6)));
        ChangeColors(pixels, ref random);
        if (random.Chance(0.03))
            Colors.Invert(pixels);
        if (random.Chance(0.6))
            Colors.Bend(pixels, ref random);
        Normalize(pixels, Recipe.Preprocessing, target);
    }

    private static void ChangeColors(float[] pixels, ref IndexedRandom random)
    {
        switch (random.Next())
        {
            case < 0.04:
                Filters.FindEdges(pixels, (float)random.Between(1, 3));
                break;
            case < 0.10:
                Colors.Gray(pixels);
                break;
            case < 0.14:
                Colors.Mix(pixels, strength: 1, ref random);
                break;
            case < 0.45:
                Colors.Mix(pixels, strength: 0.25f, ref random);
                break;
            case < 0.50:
                Filters.Convolve(pixels, ref random);
                break;
        }
    }

    private static void Normalize(float[] pixels, PreprocessingConfig preprocessing, Span<float> target)
    {
        var (mean, deviation) = (preprocessing.Mean, preprocessing.Deviation);
        for (var i = 0; i < Length; i += Channels)
        {
            target[i] = (Math.Clamp(pixels[i], 0, 1) - mean.Red) / deviation.Red;
            target[i + 1] = (Math.Clamp(pixels[i + 1], 0, 1) - mean.Green) / deviation.Green;
            target[i + 2] = (Math.Clamp(pixels[i + 2], 0, 1) - mean.Blue) / deviation.Blue;
        }
    }
}
