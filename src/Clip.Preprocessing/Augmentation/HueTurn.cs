namespace Clip.Preprocessing.Augmentation;

/// <summary>Turns hues around the color circle of hue, saturation and value; both others stay.</summary>
internal static class HueTurn
{
    private const int Sectors = 6;

    public static void Apply(Span<byte> pixels, double turn)
    {
        for (var i = 0; i < pixels.Length; i += 4)
            Apply(ref pixels[i], ref pixels[i + 1], ref pixels[i + 2], turn);
    }

    private static void Apply(ref byte red, ref byte green, ref byte blue, double turn)
    {
        int most = Math.Max(red, Math.Max(green, blue)), least = Math.Min(red, Math.Min(green, blue));
        double range = most - least;
        if (range == 0)
            return;
        var hue = most == red ? (green - blue) / range : most == green ? 2 + (blue - red) / range : 4 + (red - green) / range;
        hue = (hue + Sectors * turn + 2 * Sectors) % Sectors;

        var sector = (int)hue;
        var rising = (byte)Math.Round(least + range * (hue - sector));
        var falling = (byte)Math.Round(most - range * (hue - sector));
        byte high = (byte)most, low = (byte)least;
        (red, green, blue) = sector switch
        {
            0 => (high, rising, low),
            1 => (falling, high, low),
            2 => (low, high, rising),
            3 => (low, falling, high),
            4 => (rising, low, high),
            _ => (high, low, falling),
        };
    }
}
