using System.Globalization;

namespace Clip.Interactive.Html;

/// <summary>An image with the places that a text is about, and the text below it.</summary>
internal static class RelevanceImage
{
    private const int Side = 168;

    public static Markup ToHtml(RelevanceMap map) => Markup.Of(
        $"<figure style=\"display:inline-block;margin:4px;text-align:center\"><img src=\"data:image/png;base64,{Convert.ToBase64String(map.ToPng())}\" alt=\"{Alternative(map)}\" width=\"{Side}\"><figcaption>{map.Text}: {map.Similarity:F2}</figcaption></figure>");

    public static string ToText(RelevanceMap map) => string.Create(
        CultureInfo.CurrentCulture, $"{map.Text}: {map.Similarity:F2} of the whole image, {map.Height} x {map.Width} places, most relevant in row {Highest(map).Row + 1}, column {Highest(map).Column + 1}");

    private static string Alternative(RelevanceMap map) => $"Where the image is about {map.Text}";

    private static (int Row, int Column) Highest(RelevanceMap map)
    {
        var values = map.Values.Span;
        var best = 0;
        for (var i = 1; i < values.Length; i++)
        {
            if (values[i] > values[best])
                best = i;
        }
        return (best / map.Width, best % map.Width);
    }
}
