using Emoji.Icons;
using Emoji.Rendering;
using SkiaSharp;

namespace Emoji.Tests.Rendering;

/// <summary>Pixels of icons.</summary>
public class SvgRendererTests
{
    private static readonly Icon Square = new("<rect x=\"4\" y=\"4\" width=\"8\" height=\"8\" fill=\"#f00\"/>", 16, 16);

    [Fact]
    public void Render_Square_IsRedInTheMiddleAndNothingAround()
    {
        using var image = SvgRenderer.Render(Square.ToSvg(), 32)!;

        Assert.Equal((32, 32), (image.Width, image.Height));
        Assert.Equal(SKColors.Red, image.GetPixel(16, 16));
        Assert.Equal(0, image.GetPixel(2, 2).Alpha);
    }

    [Fact]
    public void OnWhite_Nothing_IsWhite()
    {
        using var image = SvgRenderer.Render(Square.ToSvg(), 32)!;
        using var opaque = Png.OnWhite(image);

        Assert.Equal(SKColors.White, opaque.GetPixel(2, 2));
        Assert.Equal(SKColors.Red, opaque.GetPixel(16, 16));
    }
}
