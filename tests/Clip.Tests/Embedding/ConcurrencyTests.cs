using Clip.Runtime;

namespace Clip.Tests;

public sealed class ConcurrencyTests(TinyModel tiny) : IClassFixture<TinyModel>
{
    private readonly ClipModel _clip = tiny.Clip;

    [Fact]
    [NoTensorLeaks]
    public async Task EmbedImagesAndTexts_From64Callers_GivesTheNumbersOfOne()
    {
        var work = Enumerable.Range(0, 64)
            .Select(caller => (
                Images: Enumerable.Range(0, 1 + caller % 20).Select(i => TestImages.Noise(caller * 100 + i)).ToArray(),
                Texts: Enumerable.Range(0, 1 + caller % 5).Select(i => $"text {caller} {i}").ToArray()))
            .ToArray();
        var expected = work.Select(item => (Images: _clip.EmbedImages(item.Images), Texts: _clip.EmbedTexts(item.Texts))).ToArray();

        var actual = await Task.WhenAll(work.Select(item => Task.Run(() => (Images: _clip.EmbedImages(item.Images), Texts: _clip.EmbedTexts(item.Texts)))));

        for (var caller = 0; caller < work.Length; caller++)
        {
            Assert.Equal(expected[caller].Images, actual[caller].Images);
            Assert.Equal(expected[caller].Texts, actual[caller].Texts);
        }
    }

    [Fact]
    public void BatchInvariant_AnyBatch_GivesBitEqualVectors()
    {
        using var clip = ClipModel.Load(tiny.Folder, new ClipModelOptions { Device = "cpu", Precision = Precision.Float32, BatchInvariant = true, BatchSize = 7 });
        var images = Enumerable.Range(0, 32).Select(i => TestImages.Noise(i)).ToArray();
        var texts = Enumerable.Range(0, 32).Select(i => $"{new string('w', i % 9)} {i}").ToArray();

        var (all, allTexts) = (clip.EmbedImages(images), clip.EmbedTexts(texts));

        foreach (var size in (int[])[1, 5])
        {
            Assert.Equal(all, images.Chunk(size).SelectMany(chunk => clip.EmbedImages(chunk)));
            Assert.Equal(allTexts, texts.Chunk(size).SelectMany(chunk => clip.EmbedTexts(chunk)));
        }
    }

    [Fact]
    [Trait("Category", "Timing")]
    public async Task Dispose_WhileOthersEmbed_EndsTheirCallsWithoutACrash()
    {
        var clip = ClipModel.Load(tiny.Folder, new ClipModelOptions { Device = "cpu", Precision = Precision.Float32 });
        var images = Enumerable.Range(0, 200).Select(i => TestImages.Noise(i)).ToArray();
        var calls = Enumerable.Range(0, 8).Select(_ => Task.Run(() => Record.Exception(() => clip.EmbedImages(images)))).ToArray();

        await Task.Delay(20);
        clip.Dispose();

        Assert.All(await Task.WhenAll(calls), error => Assert.True(error is null or ObjectDisposedException, error?.ToString()));
        Assert.Throws<ObjectDisposedException>(() => clip.EmbedText("a"));
        Assert.Throws<ObjectDisposedException>(() => clip.EmbedImage(images[0]));
    }

    [Fact]
    public void GetWeightsHash_TwoModels_DifferByWeights()
    {
        using var folder = new TemporaryFolder();
        using var other = ClipModel.Load(TinyClip.Write(folder.Path, seed: 1), new ClipModelOptions { Device = "cpu", Precision = Precision.Float32 });

        Assert.Matches("^[0-9a-f]{64}$", _clip.GetWeightsHash());
        Assert.Equal(
            Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(File.ReadAllBytes(_clip.Card.WeightsPath))), _clip.GetWeightsHash());
        Assert.NotEqual(_clip.GetWeightsHash(), other.GetWeightsHash());
    }
}
