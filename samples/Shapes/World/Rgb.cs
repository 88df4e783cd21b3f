using SkiaSharp;

namespace Shapes.World;

/// <summary>A color with channels from 0 to 1.</summary>
internal readonly record struct Rgb(double Red, double Green, double Blue)
{
    /// <summary>Perceived lightness, 0 to 1 (the weights of ITU-R BT.601).</summary>
    public double Lightness => 0.299 * Red + 0.587 * Green + 0.114 * Blue;

    /// <summary>The color between two others.</summary>
    public static Rgb Mix(Rgb first, Rgb second, double share) => new(
        first.Red + (second.Red - first.Red) * share,
        first.Green + (second.Green - first.Green) * share,
        first.Blue + (second.Blue - first.Blue) * share);

    /// <summary>A color of the hue's circle (0 to 1).</summary>
    public static Rgb FromHue(double hue, double saturation, double lightness)
    {
        var chroma = (1 - Math.Abs(2 * lightness - 1)) * saturation;
        return new(Channel(0), Channel(8), Channel(4));

        double Channel(int offset)
        {
            var k = (offset + hue * 12) % 12;
            return lightness - chroma / 2 * Math.Max(-1, Math.Min(Math.Min(k - 3, 9 - k), 1));
        }
    }

    /// <summary>How far two colors are apart, 0 to about 1.7.</summary>
    public double DistanceTo(Rgb other)
    {
        var (red, green, blue) = (Red - other.Red, Green - other.Green, Blue - other.Blue);
        return Math.Sqrt(red * red + green * green + blue * blue);
    }

    public SKColor ToSkia() => new(Byte(Red), Byte(Green), Byte(Blue));

    private static byte Byte(double value) => (byte)Math.Round(255 * Math.Clamp(value, 0, 1));
}
