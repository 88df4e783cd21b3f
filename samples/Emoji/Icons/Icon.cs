using System.Globalization;

namespace Emoji.Icons;

/// <summary>An icon of a set.</summary>
/// <param name="Body">What is inside of the SVG's root.</param>
/// <param name="Width">Width of the view box.</param>
/// <param name="Height">Height of the view box.</param>
internal readonly record struct Icon(string Body, double Width, double Height)
{
    /// <summary>The whole SVG.</summary>
    public string ToSvg() => string.Create(CultureInfo.InvariantCulture,
        $"<svg xmlns=\"http://www.w3.org/2000/svg\" xmlns:xlink=\"http://www.w3.org/1999/xlink\" width=\"{Width}\" height=\"{Height}\" viewBox=\"0 0 {Width} {Height}\">{Body}</svg>");
}
