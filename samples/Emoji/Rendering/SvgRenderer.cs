using SkiaSharp;
using Svg.Skia;

namespace Emoji.Rendering;

/// <summary>Makes pixels of SVG.</summary>
internal static class SvgRenderer
{
    /// <summary>Draws an SVG into a square, in the middle and as large as it fits, on nothing.</summary>
    /// <param name="svg">The SVG.</param>
    /// <param name="side">Side of the square in pixels.</param>
    /// <returns>Premultiplied RGBA, which the caller disposes; null where there is nothing to see.</returns>
    public static SKBitmap? Render(string svg, int side)
    {
        using var document = new SKSvg();
        if (document.FromSvg(svg) is not { } picture || picture.CullRect is not { Width: > 0, Height: > 0 } bounds)
            return null;
        var bitmap = new SKBitmap(new SKImageInfo(side, side, SKColorType.Rgba8888, SKAlphaType.Premul));
        using var canvas = new SKCanvas(bitmap);
        canvas.Clear(SKColors.Transparent);
        var scale = side / Math.Max(bounds.Width, bounds.Height);
        canvas.Translate(side / 2f, side / 2f);
        canvas.Scale(scale);
        canvas.Translate(-bounds.MidX, -bounds.MidY);
        canvas.DrawPicture(picture);
        return bitmap;
    }
}
