using Clip.Preprocessing;

namespace Clip.Tests;

/// <summary>Images to embed.</summary>
internal static class TestImages
{
    /// <summary>Recorded image files that every decoder reads.</summary>
    public static string[] Files { get; } =
        [.. Directory.GetFiles(Fixtures.Find("preprocess/images")).Where(path => Path.GetExtension(path) is ".png" or ".jpg" or ".bmp").Order(StringComparer.Ordinal)];

    /// <summary>Noise of a given size.</summary>
    public static ImageSource Noise(int seed, int width = 40, int height = 36)
    {
        var pixels = new byte[width * height * 3];
        new Random(seed).NextBytes(pixels);
        return ImageSource.FromPixels(pixels, width, height, PixelFormat.Rgb24, name: $"noise {seed}");
    }
}
