using System.Xml.Linq;
using Emoji.Icons;
using Training.Shared;

namespace Emoji.Rendering.Restyling;

/// <summary>Draws icons anew in what styles differ in: colors, gradients, outlines, areas without color, small details.</summary>
internal static class Restyler
{
    private static readonly string[] ColorAttributes = ["fill", "stroke", "stop-color", "flood-color"];

    /// <summary>Writes an icon as an SVG in a style that chance makes.</summary>
    /// <param name="icon">The icon.</param>
    /// <param name="random">Decides.</param>
    public static string Restyle(Icon icon, ref IndexedRandom random)
    {
        var svg = XElement.Parse(icon.ToSvg());
        var side = Math.Max(icon.Width, icon.Height);
        if (random.Chance(0.6))
            FlatColors.Apply(svg);
        if (random.Chance(0.4))
            DropDetails(svg, side * random.Between(0.04, 0.16), random.Between(0.2, 0.6), ref random);
        var palette = new Palette(ref random);
        var isOutlined = random.Chance(0.6);
        var whiteShare = isOutlined && random.Chance(0.45) ? random.Between(0.3, 1.3) : 0;
        ChangeColors(svg, palette, whiteShare, ref random);
        if (isOutlined)
            new Outline(ref random).Apply(svg, side);
        return svg.ToString(SaveOptions.DisableFormatting);
    }

    private static void DropDetails(XElement svg, double leastSize, double share, ref IndexedRandom random)
    {
        foreach (var shape in SvgShapes.Of(svg))
        {
            if (random.Chance(share) && SvgShapes.SizeOf(shape) < leastSize)
                shape.Remove();
        }
    }

    private static void ChangeColors(XElement svg, Palette palette, double whiteShare, ref IndexedRandom random)
    {
        var isWhite = new Dictionary<string, bool>(StringComparer.Ordinal);
        foreach (var attribute in svg.DescendantsAndSelf().Attributes().Where(attribute => ColorAttributes.Contains(attribute.Name.LocalName)).ToList())
        {
            if (!SvgColor.TryParse(attribute.Value, out var color))
                continue;
            if (whiteShare > 0 && attribute.Name.LocalName == "fill" && !SvgColor.IsDark(color) && !isWhite.ContainsKey(attribute.Value))
                isWhite[attribute.Value] = random.Chance(whiteShare);
            attribute.Value = SvgColor.Write(isWhite.GetValueOrDefault(attribute.Value) && attribute.Name.LocalName == "fill" ? SkiaSharp.SKColors.White : palette.Map(color));
        }
    }
}
