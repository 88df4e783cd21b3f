using Clip.Preprocessing;
using Clip.Runtime;
using SkiaSharp;

namespace Clip.Tests.Explanation;

public sealed class ExplainTests(TinyModel model) : IClassFixture<TinyModel>
{
    private static readonly ImageSource s_image = TestImages.Noise(5);

    private ClipModel Clip => model.Clip;

    [Fact]
    public void Explain_Dense_IsTheSimilarityOfPlacesBeyondTheEmptyText()
    {
        var places = Clip.EmbedPlaces(s_image);
        var (text, empty) = (Clip.EmbedText("a dog"), Clip.EmbedText(""));

        var map = Clip.Explain(s_image, "a dog");

        Assert.Equal(("a dog", places.Height, places.Width), (map.Text, map.Height, map.Width));
        Assert.Equal(EmbeddingMath.CosineSimilarity(Clip.EmbedImage(s_image), text), map.Similarity, 1e-5f);
        for (var row = 0; row < map.Height; row++)
        {
            for (var column = 0; column < map.Width; column++)
            {
                var place = places.Vectors[row * map.Width + column];
                Assert.Equal(EmbeddingMath.CosineSimilarity(place, text) - EmbeddingMath.CosineSimilarity(place, empty), map[row, column], 1e-5f);
            }
        }
    }

    [Theory]
    [InlineData(ExplanationMethod.Dense), InlineData(ExplanationMethod.Occlusion)]
    public void Explain_SeveralTexts_MapsAddUpToNothing(ExplanationMethod method)
    {
        var maps = Clip.Explain(s_image, ["a dog", "a cat", "grass"], new() { Method = method, Cells = 3 });

        Assert.Equal(["a dog", "a cat", "grass"], maps.Select(map => map.Text));
        Assert.Contains(maps[0].Values.ToArray(), value => Math.Abs(value) > 1e-4f);
        for (var place = 0; place < maps[0].Values.Length; place++)
            Assert.Equal(0, maps.Sum(map => map.Values.Span[place]), 1e-5f);
    }

    [Fact]
    public async Task Explain_Occlusion_IsWhatThePaintedOverImageLoses()
    {
        // One cell, and a window of all: what is left is the mean color.
        var map = Clip.Explain(s_image, "a dog", new() { Method = ExplanationMethod.Occlusion, Cells = 1, Window = 1, Contrast = false });

        var pixels = new float[Clip.Preprocessor.Length];
        s_image.Preprocess(Clip.Preprocessor, pixels);
        foreach (var channel in pixels.Chunk(pixels.Length / 3).Index())
            pixels.AsSpan(channel.Index * channel.Item.Length, channel.Item.Length).Fill(channel.Item.Average());
        var (height, width) = Clip.Preprocessor.Config.Resolution;
        var plain = (await Clip.ComputeAsync(network => network.EncodeImages(from_array(pixels).view(1, 3, height, width), normalize: true)))[0];
        Assert.Equal((1, 1), (map.Height, map.Width));
        Assert.Equal(map.Similarity - EmbeddingMath.CosineSimilarity(plain, Clip.EmbedText("a dog")), map[0, 0], 1e-5f);
    }

    [Fact]
    public void Explain_Packed_EqualsThePlainNetwork()
    {
        using var plain = ClipModel.Load(model.Folder, new ClipModelOptions { Device = "cpu", Precision = Precision.Float32, KeepPlainWeights = true });

        var (expected, actual) = (plain.Explain(s_image, "a dog"), Clip.Explain(s_image, "a dog"));

        Assert.All(expected.Values.ToArray().Zip(actual.Values.ToArray()), pair => Assert.Equal(pair.First, pair.Second, 1e-4f));
    }

    [Theory, NoTensorLeaks]
    [InlineData(ExplanationMethod.Dense), InlineData(ExplanationMethod.Occlusion)]
    public void ToPng_AnyMap_IsTheImageThatTheNetworkSaw(ExplanationMethod method)
    {
        var map = Clip.Explain(s_image, "a dog", new() { Method = method });

        using var picture = SKBitmap.Decode(map.ToPng());

        var (height, width) = Clip.Preprocessor.Config.Resolution;
        Assert.Equal((0, 0), (picture.Width % width, picture.Height % height));
        Assert.Equal(picture.Width / width, picture.Height / height);
    }

    [Fact]
    public void Resize_SameSize_ChangesNothing()
    {
        var map = Clip.Explain(s_image, "a dog");

        Assert.Equal(map.Values.ToArray(), map.Resize(map.Height, map.Width));
        Assert.Equal(6 * 9, map.Resize(6, 9).Length);
        Assert.All(map.Resize(50, 50), value => Assert.InRange(value, map.Values.ToArray().Min(), map.Values.ToArray().Max()));
    }

    [Fact]
    public void Explain_WrongArguments_Throw()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => Clip.Explain(s_image, []));
        Assert.Throws<ArgumentOutOfRangeException>(() => Clip.Explain(s_image, "a dog", new() { LocalBlocks = -1 }));
        Assert.Throws<ArgumentOutOfRangeException>(() => Clip.Explain(s_image, "a dog", new() { Cells = 0 }));
        Assert.Throws<ArgumentOutOfRangeException>(() => Clip.Explain(s_image, "a dog", new() { Window = double.NaN }));
        Assert.Throws<ArgumentException>(() => Clip.Explain(s_image, "a dog", new() { Method = (ExplanationMethod)7 }));
        Assert.Throws<ImageDecodingException>(() => Clip.Explain("no-such-file.png", "a dog"));
        var map = Clip.Explain(s_image, "a dog");
        Assert.Throws<ArgumentOutOfRangeException>(() => map[map.Height, 0]);
        Assert.Throws<ArgumentOutOfRangeException>(() => map[0, -1]);
        Assert.Throws<ArgumentOutOfRangeException>(() => map.Resize(0, 1));
    }

    [Fact]
    public void Explain_Cancelled_Throws()
    {
        using var stop = new CancellationTokenSource();
        stop.Cancel();

        Assert.ThrowsAny<OperationCanceledException>(() => Clip.Explain(s_image, "a dog", new() { Method = ExplanationMethod.Occlusion }, stop.Token));
    }
}
