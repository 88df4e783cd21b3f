using System.Xml.Linq;
using Emoji.Icons;
using Emoji.Rendering;
using Emoji.Rendering.Restyling;
using SkiaSharp;
using Training.Shared;

namespace Emoji.Tests.Rendering;

/// <summary>Icons in styles that chance makes.</summary>
public class RestylerTests
{
    private static readonly Icon Icon = new(
        """
        <defs><linearGradient id="a"><stop stop-color="#f00"/><stop offset="1" stop-color="#0000ff"/></linearGradient>
        <radialGradient id="b"><stop stop-color="#fff" stop-opacity="0"/></radialGradient></defs>
        <rect x="4" y="4" width="40" height="40" fill="url(#a)"/><path fill="url(#b)" d="M4 4h8v8z"/><g transform="scale(2)"><circle cx="12" cy="12" r="1" fill="#0a0"/></g>
        """,
        64, 64);

    [Fact]
    public void Restyle_SameChance_GivesTheSameAndOtherChancesGiveOthers()
    {
        static string Restyle(int index)
        {
            var random = new IndexedRandom(1, index);
            return Restyler.Restyle(Icon, ref random);
        }

        Assert.Equal(Restyle(3), Restyle(3));
        Assert.InRange(Enumerable.Range(0, 50).Select(Restyle).Distinct().Count(), 45, 50);
    }

    [Fact]
    public void FlatColors_Gradients_BecomeTheirMeanAndFaintOnesGo()
    {
        var svg = XElement.Parse(Icon.ToSvg());

        FlatColors.Apply(svg);

        Assert.Equal(["#7f007f", "#0a0"], SvgShapes.Of(svg).Select(shape => shape.Attribute("fill")!.Value));
    }

    [Fact]
    public void SvgShapes_SizeOf_CountsTransforms()
    {
        var sizes = SvgShapes.Of(XElement.Parse(Icon.ToSvg())).Select(SvgShapes.SizeOf).ToList();

        Assert.Equal([40, 8, 4], sizes);
    }

    [Fact]
    public void Outline_ShapesWithoutALine_GetOneOfTheSameWidthInTheImage()
    {
        var svg = XElement.Parse(Icon.ToSvg());
        var random = new IndexedRandom(1, 1);

        new Outline(ref random).Apply(svg, 64);

        var widths = SvgShapes.Of(svg).Where(shape => shape.Attribute("stroke") is not null).ToDictionary(shape => shape.Name.LocalName, shape => double.Parse(shape.Attribute("stroke-width")!.Value));
        Assert.Equal(widths["rect"], 2 * widths["circle"], 0.01);
        Assert.InRange(widths["rect"], 0.008 * 64, 0.06 * 64);
    }

    [Fact]
    public void Palette_AColor_AlwaysBecomesTheSame()
    {
        var random = new IndexedRandom(2, 5);
        var palette = new Palette(ref random);

        Assert.Equal(palette.Map(SKColors.Orange), palette.Map(SKColors.Orange));
        Assert.NotEqual(SKColors.Orange, palette.Map(SKColors.Orange));
    }

    [Theory]
    [InlineData("#fff", true)]
    [InlineData("black", true)]
    [InlineData("none", false)]
    [InlineData("url(#a)", false)]
    [InlineData(null, false)]
    public void SvgColor_TryParse_ReadsColorsAlone(string? text, bool expected) => Assert.Equal(expected, SvgColor.TryParse(text, out _));
}
