using Training.Shared;

namespace Shapes.World;

/// <summary>The colors behind their names.</summary>
internal static class Palette
{
    private static readonly Rgb[] Colors =
    [
        new(0.87, 0.10, 0.12),      // red
        new(0.97, 0.52, 0.05),      // orange
        new(0.97, 0.88, 0.12),      // yellow
        new(0.13, 0.63, 0.20),      // green
        new(0.10, 0.80, 0.78),      // turquoise
        new(0.12, 0.28, 0.88),      // blue
        new(0.50, 0.14, 0.65),      // purple
        new(0.98, 0.50, 0.75),      // pink
        new(0.97, 0.97, 0.97),      // white
        new(0.05, 0.05, 0.05),      // black
    ];

    /// <summary>A color near that of a name.</summary>
    public static Rgb Vary(ShapeColor color, ref IndexedRandom random)
    {
        var (red, green, blue) = Colors[(int)color];
        var lightness = random.Between(-0.03, 0.03);
        return new(Near(red, ref random), Near(green, ref random), Near(blue, ref random));

        double Near(double channel, ref IndexedRandom random) => Math.Clamp(channel + lightness + random.Between(-0.03, 0.03), 0, 1);
    }
}
