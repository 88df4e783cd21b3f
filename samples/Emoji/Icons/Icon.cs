using System.Globalization;

namespace Emoji.Icons;

/// <summary>An icon of a set.</summary>
/// <param name="Body">What is inside of the SVG's root.</param>
/// <param name="Width">Width of the view box.</param>
/// <param name="Height">Height of the view box.</param>
internal readonly record struct Icon(string Body, double Width, double Height)
{
    // As wide, in shares of the image, as the black lines of styles that have some.
    private const double OutlineWidth = 0.025;

    /// <summary>The whole SVG.</summary>
    public string ToSvg() => Wrap(Body);

    /// <summary>The whole SVG, with a black line around every form that has none of its own.</summary>
    public string ToOutlinedSvg() => Wrap(string.Create(CultureInfo.InvariantCulture,
        $"<g stroke=\"#000\" stroke-width=\"{OutlineWidth * Width:F3}\" stroke-linejoin=\"round\">{Body}</g>"));

    private string Wrap(string body) => string.Create(CultureInfo.InvariantCulture,
        $"<svg xmlns=\"http://www.w3.org/2000/svg\" xmlns:xlink=\"http://www.w3.org/1999/xlink\" width=\"{Width}\" height=\"{Height}\" viewBox=\"0 0 {Width} {Height}\">{body}</svg>");
}
