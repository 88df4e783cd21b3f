namespace Clip.Preprocessing.Augmentation;

/// <summary>Varies colors in place; four bytes per pixel, of which the fourth stays.</summary>
/// <remarks>Blends as Pillow's ImageEnhance: toward black, the mean shade, or each pixel's own shade.</remarks>
internal static class ColorJitter
{
    private const int Steps = 4;

    public static void Apply(Span<byte> pixels, AugmentationConfig config, ref SeededRandom random)
    {
        var brightness = random.Between(1 - config.Brightness, 1 + config.Brightness);
        var contrast = random.Between(1 - config.Contrast, 1 + config.Contrast);
        var saturation = random.Between(1 - config.Saturation, 1 + config.Saturation);
        var hue = random.Between(-config.Hue, config.Hue);

        // The four in random order, as torchvision has it.
        Span<int> order = [0, 1, 2, 3];
        for (var i = Steps - 1; i > 0; i--)
        {
            var other = random.Below(i + 1);
            (order[i], order[other]) = (order[other], order[i]);
        }
        foreach (var step in order)
        {
            switch (step)
            {
                case 0 when config.Brightness > 0:
                    Blend(pixels, 0, brightness);
                    break;
                case 1 when config.Contrast > 0:
                    Blend(pixels, MeanShade(pixels), contrast);
                    break;
                case 2 when config.Saturation > 0:
                    BlendWithShade(pixels, saturation);
                    break;
                case 3 when config.Hue > 0:
                    HueTurn.Apply(pixels, hue);
                    break;
            }
        }
    }

    /// <summary>Gives every pixel its shade.</summary>
    public static void ToGray(Span<byte> pixels) => BlendWithShade(pixels, 0);

    /// <summary>Luma of ITU-R BT.601 in 16-bit fixed point.</summary>
    public static int Shade(ReadOnlySpan<byte> pixel) =>
        pixel[0] * 19595 + pixel[1] * 38470 + pixel[2] * 7471 + 0x8000 >> 16;

    private static int MeanShade(ReadOnlySpan<byte> pixels)
    {
        long sum = 0;
        for (var i = 0; i < pixels.Length; i += 4)
            sum += Shade(pixels[i..]);
        return (int)(sum / (pixels.Length / 4.0) + 0.5);
    }

    private static void Blend(Span<byte> pixels, int target, double factor)
    {
        for (var i = 0; i < pixels.Length; i += 4)
            BlendPixel(pixels.Slice(i, 3), target, factor);
    }

    private static void BlendWithShade(Span<byte> pixels, double factor)
    {
        for (var i = 0; i < pixels.Length; i += 4)
            BlendPixel(pixels.Slice(i, 3), Shade(pixels[i..]), factor);
    }

    private static void BlendPixel(Span<byte> channels, int target, double factor)
    {
        foreach (ref var channel in channels)
            channel = (byte)Math.Clamp(target + factor * (channel - target), 0, 255);
    }
}
