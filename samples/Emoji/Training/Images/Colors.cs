using Training.Shared;

namespace Emoji.Training.Images;

/// <summary>Changes of colors that are the same at every place of an image [H, W, 3].</summary>
internal static class Colors
{
    /// <summary>Leaves the lightness alone.</summary>
    public static void Gray(float[] pixels)
    {
        for (var i = 0; i < pixels.Length; i += 3)
            pixels[i] = pixels[i + 1] = pixels[i + 2] = 0.299f * pixels[i] + 0.587f * pixels[i + 1] + 0.114f * pixels[i + 2];
    }

    /// <summary>Exchanges light and dark.</summary>
    public static void Invert(float[] pixels)
    {
        for (var i = 0; i < pixels.Length; i++)
            pixels[i] = 1 - pixels[i];
    }

    /// <summary>Makes each channel of all three, so that grays stay as they are.</summary>
    /// <param name="pixels">The image.</param>
    /// <param name="strength">How far, from 0 to 1.</param>
    /// <param name="random">Decides.</param>
    public static void Mix(float[] pixels, float strength, ref IndexedRandom random)
    {
        Span<float> matrix = stackalloc float[9];
        for (var row = 0; row < 3; row++)
        {
            var weights = matrix.Slice(3 * row, 3);
            for (var column = 0; column < 3; column++)
                weights[column] = (row == column ? 1 - strength : 0) + strength * (float)random.Between(-0.6, 1.2);
            var excess = (weights[0] + weights[1] + weights[2] - 1) / 3;
            for (var column = 0; column < 3; column++)
                weights[column] -= excess;
        }
        for (var i = 0; i < pixels.Length; i += 3)
        {
            var (red, green, blue) = (pixels[i], pixels[i + 1], pixels[i + 2]);
            pixels[i] = matrix[0] * red + matrix[1] * green + matrix[2] * blue;
            pixels[i + 1] = matrix[3] * red + matrix[4] * green + matrix[5] * blue;
            pixels[i + 2] = matrix[6] * red + matrix[7] * green + matrix[8] * blue;
        }
    }

    /// <summary>Changes brightness and contrast.</summary>
    public static void Bend(float[] pixels, ref IndexedRandom random)
    {
        var gamma = Math.Exp(random.Between(-0.45, 0.45));
        var contrast = random.Between(0.75, 1);
        var darkest = random.Between(0, 1 - contrast);
        Span<float> curve = stackalloc float[257];
        for (var i = 0; i < curve.Length; i++)
            curve[i] = (float)(darkest + contrast * Math.Pow(i / 256.0, gamma));
        for (var i = 0; i < pixels.Length; i++)
            pixels[i] = curve[(int)(256 * Math.Clamp(pixels[i], 0, 1))];
    }
}
