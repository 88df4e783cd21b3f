using System.Globalization;
using System.Xml.Linq;
using SkiaSharp;
using Training.Shared;

namespace Emoji.Rendering.Restyling;

/// <summary>A line around the shapes of an SVG, of one color or of a darker one than each shape's.</summary>
internal sealed class Outline
{
    private readonly double _width;
    private readonly double _leastSize;
    private readonly SKColor? _color;

    /// <summary>Draws one.</summary>
    /// <param name="random">Decides.</param>
    public Outline(ref IndexedRandom random)
    {
        _width = random.Chance(0.75) ? random.Between(0.016, 0.045) : random.Between(0.008, 0.06);
        _leastSize = random.Chance(0.5) ? 0 : random.Between(0.05, 0.25);
        _color = random.Chance(0.75)
            ? random.Chance(0.8) ? SKColors.Black : SKColor.FromHsv((float)random.Between(0, 360), 70, (float)random.Between(10, 40))
            : null;
    }

    /// <summary>Changes an SVG, but for shapes that have a line.</summary>
    /// <param name="svg">The SVG.</param>
    /// <param name="side">The longer side of its view box.</param>
    public void Apply(XElement svg, double side)
    {
        foreach (var shape in SvgShapes.Of(svg))
        {
            if (shape.Attribute("stroke") is not null || (_leastSize > 0 && SvgShapes.SizeOf(shape) < _leastSize * side))
                continue;
            shape.SetAttributeValue("stroke", SvgColor.Write(_color ?? Darker(shape)));
            shape.SetAttributeValue("stroke-width", (_width * side / SvgShapes.ScaleOf(shape)).ToString("F3", CultureInfo.InvariantCulture));
            shape.SetAttributeValue("stroke-linejoin", "round");
            shape.SetAttributeValue("stroke-linecap", "round");
        }
    }

    private static SKColor Darker(XElement shape)
    {
        if (!SvgColor.TryParse(shape.Attribute("fill")?.Value, out var color))
            return SKColors.Black;
        color.ToHsv(out var hue, out var saturation, out var value);
        return SKColor.FromHsv(hue, saturation, value / 2);
    }
}
