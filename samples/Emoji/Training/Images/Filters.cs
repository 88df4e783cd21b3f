using Training.Shared;

namespace Emoji.Training.Images;

/// <summary>Filters of 3 x 3 pixels for an image [H, W, 3].</summary>
internal static class Filters
{
    private const int Side = Recipe.Resolution;
    private const int Row = 3 * Side;

    [ThreadStatic]
    private static float[]? s_filtered;

    private static float[] Filtered => s_filtered ??= new float[Side * Row];

    /// <summary>Moves an image toward its blurred version.</summary>
    /// <param name="pixels">The image.</param>
    /// <param name="strength">How far; away from it, which sharpens, where it is negative.</param>
    public static void Blur(float[] pixels, float strength)
    {
        var filtered = Filtered;
        for (var i = 0; i < filtered.Length; i++)
        {
            var (isFirst, isLast) = (i % Row < 3, i % Row >= Row - 3);
            filtered[i] = 0.25f * (pixels[isFirst ? i : i - 3] + pixels[isLast ? i : i + 3]) + 0.5f * pixels[i];
        }
        for (var i = 0; i < filtered.Length; i++)
        {
            var blurred = 0.25f * (filtered[i < Row ? i : i - Row] + filtered[i >= filtered.Length - Row ? i : i + Row]) + 0.5f * filtered[i];
            pixels[i] += strength * (blurred - pixels[i]);
        }
    }

    /// <summary>Leaves dark lines where colors change, on white.</summary>
    /// <param name="pixels">The image.</param>
    /// <param name="strength">How dark.</param>
    public static void FindEdges(float[] pixels, float strength)
    {
        var filtered = Filtered;
        for (var i = 0; i < filtered.Length; i += 3)
        {
            var (left, right) = (i % Row == 0 ? i : i - 3, i % Row == Row - 3 ? i : i + 3);
            var (above, below) = (i < Row ? i : i - Row, i >= filtered.Length - Row ? i : i + Row);
            var steepest = 0f;
            for (var channel = 0; channel < 3; channel++)
            {
                var (across, down) = (pixels[right + channel] - pixels[left + channel], pixels[below + channel] - pixels[above + channel]);
                steepest = Math.Max(steepest, across * across + down * down);
            }
            filtered[i] = filtered[i + 1] = filtered[i + 2] = Math.Max(0, 1 - strength * MathF.Sqrt(steepest));
        }
        filtered.CopyTo(pixels, 0);
    }

    /// <summary>Mixes an image with what a random convolution makes of it, which leaves white as it is.</summary>
    public static void Convolve(float[] pixels, ref IndexedRandom random)
    {
        const int Weights = 27;
        Span<float> kernel = stackalloc float[3 * Weights];
        foreach (ref var weight in kernel)
            weight = (float)random.Between(-0.33, 0.33);
        for (var output = 0; output < 3; output++)
        {
            var weights = kernel.Slice(output * Weights, Weights);
            var sum = 0f;
            foreach (var weight in weights)
                sum += weight;
            foreach (ref var middle in weights.Slice(12, 3))
                middle += (1 - sum) / 3;
        }
        var share = (float)random.Between(0.3, 0.9);
        var filtered = Filtered;
        for (var y = 0; y < Side; y++)
        {
            for (var x = 0; x < Side; x++)
                ConvolveAt(pixels, kernel, x, y, filtered.AsSpan(y * Row + 3 * x, 3));
        }
        for (var i = 0; i < filtered.Length; i++)
            pixels[i] += share * (filtered[i] - pixels[i]);
    }

    private static void ConvolveAt(float[] pixels, ReadOnlySpan<float> kernel, int x, int y, Span<float> result)
    {
        var (red, green, blue, weight) = (0f, 0f, 0f, 0);
        for (var row = y - 1; row <= y + 1; row++)
        {
            for (var column = x - 1; column <= x + 1; column++)
            {
                var place = Math.Clamp(row, 0, Side - 1) * Row + 3 * Math.Clamp(column, 0, Side - 1);
                for (var channel = 0; channel < 3; channel++, weight++)
                {
                    var value = pixels[place + channel];
                    red += kernel[weight] * value;
                    green += kernel[weight + 27] * value;
                    blue += kernel[weight + 54] * value;
                }
            }
        }
        (result[0], result[1], result[2]) = (red, green, blue);
    }
}
