using System.Globalization;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using SkiaSharp;

namespace Emoji.Rendering.Restyling;

/// <summary>What an SVG draws, without what only cuts or is used elsewhere.</summary>
internal static partial class SvgShapes
{
    private static readonly HashSet<string> Names = ["path", "circle", "ellipse", "rect"];
    private static readonly HashSet<string> Unseen = ["clipPath", "mask", "defs"];

    /// <summary>The shapes of an SVG, as a list that stays when they are removed.</summary>
    public static List<XElement> Of(XElement svg) =>
        [.. svg.Descendants().Where(element => Names.Contains(element.Name.LocalName) && !element.Ancestors().Any(parent => Unseen.Contains(parent.Name.LocalName)))];

    /// <summary>The side of a square as large as the box around a shape, in the units of the SVG's view box.</summary>
    public static double SizeOf(XElement shape)
    {
        var (width, height) = shape.Name.LocalName switch
        {
            "path" => BoxOf(shape.Attribute("d")?.Value ?? ""),
            "rect" => (Number(shape, "width"), Number(shape, "height")),
            "circle" => (2 * Number(shape, "r"), 2 * Number(shape, "r")),
            _ => (2 * Number(shape, "rx"), 2 * Number(shape, "ry")),
        };
        return Math.Sqrt(width * height) * ScaleOf(shape);
    }

    /// <summary>By how much the transforms around a shape enlarge it.</summary>
    public static double ScaleOf(XElement shape)
    {
        var scale = 1.0;
        foreach (var transform in shape.AncestorsAndSelf().Select(element => element.Attribute("transform")?.Value).OfType<string>())
        {
            if (Scale().Match(transform) is { Success: true } factor)
                scale *= Math.Abs(Parse(factor.Groups[1].Value));
            if (Matrix().Match(transform) is { Success: true } matrix)
                scale *= Math.Sqrt(Math.Pow(Parse(matrix.Groups[1].Value), 2) + Math.Pow(Parse(matrix.Groups[2].Value), 2));
        }
        return Math.Max(scale, 1e-3);
    }

    // Lines have a box too.
    private static (double Width, double Height) BoxOf(string path)
    {
        using var parsed = SKPath.ParseSvgPathData(path);
        return parsed is null ? (0, 0) : (Math.Max(parsed.Bounds.Width, 1e-3), Math.Max(parsed.Bounds.Height, 1e-3));
    }

    private static double Number(XElement shape, string name) => double.TryParse(shape.Attribute(name)?.Value, NumberStyles.Float, CultureInfo.InvariantCulture, out var value) ? value : 0;

    private static double Parse(string number) => double.Parse(number, CultureInfo.InvariantCulture);

    [GeneratedRegex(@"scale\(\s*(-?[\d.]+)")]
    private static partial Regex Scale();

    [GeneratedRegex(@"matrix\(\s*(-?[\d.]+)[\s,]+(-?[\d.]+)")]
    private static partial Regex Matrix();
}
