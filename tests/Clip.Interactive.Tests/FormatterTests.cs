using Clip.Preprocessing;
using Clip.Runtime;
using Clip.ZeroShot;
using Microsoft.DotNet.Interactive.Formatting;
using SkiaSharp;
using System.Globalization;
using System.Text.RegularExpressions;

namespace Clip.Interactive.Tests;

public sealed partial class FormatterTests : IDisposable
{
    private const string Hostile = "<b onclick=\"alert('1')\">&.png";

    private static readonly string Photo = Path.Combine(Fixtures.Repository, "samples", "QuickStart", "pictures", "01.png");

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void ClipModel_Loaded_IsAShortCard()
    {
        using var clip = ClipModel.Load(TinyClip.Write(_folder.File("tiny-model")), new ClipModelOptions { Device = "cpu", Precision = Precision.Float32 });

        var (html, text) = (Rendered.Html(clip), Rendered.Text(clip));

        Assert.InRange(html.Length, 200, 2000);
        Assert.Contains("<strong>tiny-model</strong>", html);
        Assert.Contains("<td style=\"text-align:left\">VisionTransformer, 32 x 32 pixels</td>", html);
        Assert.Matches(@"(?m)^Runs on +cpu in float32$", text);
        Assert.Matches(@"(?m)^Text tower +ClipText, 24 tokens of 520$", text);
        Assert.Equal(html.Contains("Runs on"), !Rendered.Html(clip.Card).Contains("Runs on"));
    }

    [Fact]
    public void RelevanceMap_Explained_IsTheImageWithItsText()
    {
        using var clip = ClipModel.Load(TinyClip.Write(_folder.File("tiny-model")), new ClipModelOptions { Device = "cpu", Precision = Precision.Float32 });
        var map = clip.Explain(Photo, "a <b>");

        var (html, text) = (Rendered.Html(map), Rendered.Text(map));

        using var image = Decode(html);
        Assert.Equal((320, 320), (image.Width, image.Height));
        Assert.Contains("a &lt;b&gt;: ", html);
        Assert.DoesNotContain("<b>", html);
        var best = map.Values.Span.IndexOf(map.Values.ToArray().Max());
        Assert.EndsWith($"{map.Height} x {map.Width} places, most relevant in row {1 + best / map.Width}, column {1 + best % map.Width}", text);
    }

    [Fact]
    public void ImageSource_File_IsASmallImageOfItsAspectRatio()
    {
        var source = ImageSource.FromPixels(new byte[400 * 100 * 3], 400, 100, name: "wide");

        using var image = Decode(Rendered.Html(source));

        Assert.Equal(4.0, (double)image.Width / image.Height, 0.1);
        Assert.InRange(image.Width * image.Height, 10_000, 112 * 112);
    }

    [Fact]
    public void ImageSource_Photo_KeepsItsColors()
    {
        using var image = Decode(Rendered.Html(ImageSource.FromFile(Photo)));
        using var original = SKBitmap.Decode(Photo);
        using var shrunk = original.Resize(image.Info, new SKSamplingOptions(SKFilterMode.Linear, SKMipmapMode.Linear));

        var difference = image.Pixels.Zip(shrunk.Pixels, (a, b) => Math.Abs(a.Red - b.Red) + Math.Abs(a.Green - b.Green) + Math.Abs(a.Blue - b.Blue)).Average() / 3;

        Assert.InRange(difference, 0, 12);
    }

    [Fact]
    public void ImageSource_Stream_IsNotRead()
    {
        using var stream = File.OpenRead(Photo);

        var html = Rendered.Html(ImageSource.FromStream(stream));

        Assert.Equal(0, stream.Position);
        Assert.Contains("01.png is read once", html);
    }

    [Fact]
    public void ImageSource_BrokenFile_SaysWhy()
    {
        Assert.Contains("<em>", Rendered.Html(ImageSource.FromBytes("no image"u8.ToArray(), Hostile)));
        Assert.DoesNotContain("<b ", Rendered.Html(ImageSource.FromBytes("no image"u8.ToArray(), Hostile)));
    }

    [Fact]
    public void Names_WithMarkup_AreEscapedEverywhere()
    {
        var image = ImageSource.FromPixels(new byte[3], 1, 1, name: Hostile);
        object[] values =
        [
            image,
            new ImagePredictions(image, [new ClassPrediction(Hostile, 0.5f)]),
            new ImageGallery([image]),
            new ImageGallery([image], [Hostile]),
            new SimilarityTable([[1f]], [Hostile], [Hostile]) { RowImages = [image], ColumnImages = [image] },
            new LineChart(new ChartLine(Hostile, [1]), new ChartLine(Hostile, [2])) { Title = Hostile, XTitle = Hostile, YTitle = Hostile },
        ];

        Assert.All(values, value =>
        {
            var html = Rendered.Html(value);
            Assert.Contains("alert(", html);
            Assert.DoesNotContain("<b ", html);
            Assert.DoesNotContain("=\"alert", html);
        });
    }

    [Fact]
    public void ImagePredictions_Bars_AreAsLongAsTheProbabilities()
    {
        var shown = new ImagePredictions(Photo, [new ClassPrediction("cat", 0.75f), new ClassPrediction("dog", 0.25f)]);

        var widths = BarWidth().Matches(Rendered.Html(shown)).Select(match => int.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture)).ToArray();

        Assert.Equal([120, 40], widths);
        Assert.Equal($"01.png\n {0.75f.ToString("P1", CultureInfo.InvariantCulture)}  cat\n {0.25f.ToString("P1", CultureInfo.InvariantCulture)}  dog", Rendered.Text(shown));
        Assert.Contains("none of these", Rendered.Html(new ImagePredictions(Photo, [])));
        Assert.Equal("01.png\nnone of these", Rendered.Text(new ImagePredictions(Photo, [])));
    }

    [Fact]
    public void ImageGallery_Columns_MakeRows()
    {
        var gallery = new ImageGallery([Photo, Photo, Photo, Photo, Photo], ["a", "b", "c", "d", "e"]) { Columns = 2 };

        var html = Rendered.Html(gallery);

        Assert.Equal([2, 2, 1], html.Split("<tr>").Skip(1).Select(row => row.Split("<img").Length - 1));
        Assert.Throws<ArgumentException>(() => new ImageGallery([Photo], []));
        Assert.Throws<ArgumentOutOfRangeException>(() => new ImageGallery([Photo]) { Columns = 0 });
    }

    [Fact]
    public void SimilarityTable_Shades_GrowWithTheValues()
    {
        var table = new SimilarityTable([[0f, 0.25f], [0.5f, float.NaN]], ["a", "b"], ["c", "d"]);

        var html = Rendered.Html(table);

        Assert.Equal(["0.00", "0.50", "1.00", "0.00"], Shade().Matches(html).Select(match => match.Groups[1].Value));
        Assert.Equal("        c       d\na    0.00    0.25\nb    0.50     NaN", Rendered.Text(table));
        Assert.Equal(["0.00", "0.25", "0.50", "0.00"], Shade().Matches(Rendered.Html(table with { High = 1 })).Select(match => match.Groups[1].Value));
    }

    [Fact]
    public void SimilarityTable_CultureWithCommas_WritesNumbersInItAndStylesInNone()
    {
        var html = Rendered.In(CultureInfo.GetCultureInfo("de-DE"), new SimilarityTable([[0f, 0.5f, 1f]], ["a"], ["b", "c", "d"]), HtmlFormatter.MimeType);

        Assert.Contains(">0,50<", html);
        Assert.Equal(["0.00", "0.50", "1.00"], Shade().Matches(html).Select(match => match.Groups[1].Value));
    }

    [Fact]
    public void SimilarityTable_NamesThatDoNotFit_Throw()
    {
        Assert.Throws<ArgumentException>("rows", () => new SimilarityTable([[1f]], [], ["a"]));
        Assert.Throws<ArgumentException>("columns", () => new SimilarityTable([[1f, 2f]], ["a"], ["b"]));
        Assert.Throws<ArgumentException>("RowImages", () => new SimilarityTable([[1f]], ["a"], ["b"]) { RowImages = [] });
    }

    private static SKBitmap Decode(string html) => SKBitmap.Decode(Convert.FromBase64String(Base64().Match(html).Groups[1].Value));

    [GeneratedRegex("base64,([A-Za-z0-9+/=]+)")]
    private static partial Regex Base64();

    [GeneratedRegex(@"rgba\(31,90,180,([0-9.]+)\)")]
    private static partial Regex Shade();

    [GeneratedRegex(@"width:(\d+)px")]
    private static partial Regex BarWidth();
}
