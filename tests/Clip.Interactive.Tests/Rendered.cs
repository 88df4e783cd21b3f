using System.Globalization;
using Microsoft.DotNet.Interactive.Formatting;

namespace Clip.Interactive.Tests;

/// <summary>Values as a notebook shows them, in the invariant culture.</summary>
internal static class Rendered
{
    static Rendered() => ClipFormatters.Register();

    public static string Text(object value) => In(CultureInfo.InvariantCulture, value, PlainTextFormatter.MimeType);

    public static string Html(object value) => In(CultureInfo.InvariantCulture, value, HtmlFormatter.MimeType);

    public static string In(CultureInfo culture, object value, string mimeType)
    {
        var previous = CultureInfo.CurrentCulture;
        CultureInfo.CurrentCulture = culture;
        try
        {
            return value.ToDisplayString(mimeType);
        }
        finally
        {
            CultureInfo.CurrentCulture = previous;
        }
    }

}
