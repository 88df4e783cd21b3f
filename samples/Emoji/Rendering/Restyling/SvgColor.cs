using SkiaSharp;

namespace Emoji.Rendering.Restyling;

/// <summary>The colors that attributes of an SVG name.</summary>
internal static class SvgColor
{
    private const int DarkLuma = 50;

    /// <summary>Reads a color; no gradients, none and inherited colors.</summary>
    public static bool TryParse(string? text, out SKColor color)
    {
        color = text == "white" ? SKColors.White : SKColors.Black;
        return text is "white" or "black" || (text is ['#', ..] && SKColor.TryParse(text, out color));
    }

    /// <summary>Writes a color, without its opacity.</summary>
    public static string Write(SKColor color) => $"#{color.Red:x2}{color.Green:x2}{color.Blue:x2}";

    /// <summary>Whether a color is about as dark as a drawn line.</summary>
    public static bool IsDark(SKColor color) => 0.299 * color.Red + 0.587 * color.Green + 0.114 * color.Blue < DarkLuma;
}
