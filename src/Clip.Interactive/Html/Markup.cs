using System.Globalization;
using System.Net;

namespace Clip.Interactive.Html;

/// <summary>A piece of HTML. Made from an interpolated string, of which everything that is put in is escaped unless it is markup itself.</summary>
/// <param name="Text">The HTML.</param>
internal sealed record Markup(string Text)
{
    /// <summary>No HTML.</summary>
    public static Markup Empty { get; } = new("");

    /// <summary>Makes a piece: texts are escaped, numbers written as HTML and SVG read them, markup is put in as it is.</summary>
    public static Markup Of(FormattableString html) => new(html.ToString(Escaping.Instance));

    /// <summary>Pieces one after another.</summary>
    public static Markup Of(IEnumerable<Markup> pieces) => new(string.Concat(pieces.Select(piece => piece.Text)));

    /// <inheritdoc/>
    public override string ToString() => Text;

    private sealed class Escaping : IFormatProvider, ICustomFormatter
    {
        public static Escaping Instance { get; } = new();

        public object? GetFormat(Type? formatType) => formatType == typeof(ICustomFormatter) ? this : null;

        public string Format(string? format, object? arg, IFormatProvider? formatProvider) => arg switch
        {
            Markup markup => markup.Text,
            IFormattable number => WebUtility.HtmlEncode(number.ToString(format, CultureInfo.InvariantCulture)),
            _ => WebUtility.HtmlEncode(arg?.ToString() ?? ""),
        };
    }
}
