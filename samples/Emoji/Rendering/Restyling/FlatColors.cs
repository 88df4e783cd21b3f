using System.Globalization;
using System.Xml.Linq;
using SkiaSharp;

namespace Emoji.Rendering.Restyling;

/// <summary>One color in place of each gradient of an SVG, and no filters.</summary>
internal static class FlatColors
{
    // Gradients that are fainter are lights and shadows on what lies below.
    private const double LeastOpacity = 0.75;

    /// <summary>Changes an SVG: shapes with a gradient get its mean color, or go where it is faint.</summary>
    public static void Apply(XElement svg)
    {
        var gradients = svg.Descendants().Where(element => element.Name.LocalName.EndsWith("Gradient", StringComparison.Ordinal) && element.Attribute("id") is not null)
            .ToDictionary(element => element.Attribute("id")!.Value, MeanOf);
        foreach (var element in svg.Descendants().ToList())
        {
            element.Attribute("filter")?.Remove();
            element.Attribute("style")?.Remove();
            if (element.Attribute("fill") is not { Value: ['u', 'r', 'l', '(', '#', .. var id, ')'] } fill || !gradients.TryGetValue(id, out var mean))
                continue;
            if (mean.Opacity < LeastOpacity)
                element.Remove();
            else
                fill.Value = SvgColor.Write(mean.Color);
        }
    }

    private static (SKColor Color, double Opacity) MeanOf(XElement gradient)
    {
        var stops = gradient.Elements().Where(element => element.Name.LocalName == "stop").Select(StopOf).ToList();
        var opacity = stops.Sum(stop => stop.Opacity);
        if (opacity <= 0)
            return (SKColors.White, 0);
        byte Mean(Func<SKColor, byte> channel) => (byte)(stops.Sum(stop => stop.Opacity * channel(stop.Color)) / opacity);
        return (new SKColor(Mean(color => color.Red), Mean(color => color.Green), Mean(color => color.Blue)), opacity / stops.Count);
    }

    private static (SKColor Color, double Opacity) StopOf(XElement stop)
    {
        SvgColor.TryParse(stop.Attribute("stop-color")?.Value, out var color);
        return (color, double.TryParse(stop.Attribute("stop-opacity")?.Value, NumberStyles.Float, CultureInfo.InvariantCulture, out var opacity) ? opacity : 1);
    }
}
