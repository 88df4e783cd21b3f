using Clip.Runtime;

namespace Clip.Tests;

[Trait("Requires", "CUDA")]
public sealed class CudaTests
{
    private static readonly string s_folder = Path.Combine(Fixtures.Repository, "models", "shapes");

    private static readonly string[] s_texts =
        [.. Enumerable.Range(0, 300).Select(i => $"a {(i % 2 == 0 ? "small" : "big")} {(i % 3 == 0 ? "red" : "blue")} star, number {i}")];

    [Theory]
    [InlineData(Precision.Float32, 0.9999f)]
    [InlineData(Precision.BFloat16, 0.9995f)]
    [InlineData(Precision.Float16, 0.9995f)]
    public void Embed_OnAGpu_StaysCloseToTheCpu(Precision precision, float floor)
    {
        using var onGpu = LoadOnGpu(new ClipModelOptions { Precision = precision });
        using var onCpu = ClipModel.Load(s_folder, new ClipModelOptions { Device = "cpu", Precision = Precision.Float32 });
        var images = Enumerable.Range(0, 40).Select(i => TestImages.Noise(i)).ToArray();

        Assert.All(onCpu.EmbedImages(images).Zip(onGpu.EmbedImages(images)), rows => Compare(rows.First, rows.Second, floor));
        Assert.All(onCpu.EmbedTexts(s_texts).Zip(onGpu.EmbedTexts(s_texts)), rows => Compare(rows.First, rows.Second, floor));
    }

    [Fact]
    public async Task EmbedImages_ManySmallBatches_KeepsOrderAndErrors()
    {
        using var clip = LoadOnGpu(new ClipModelOptions { Precision = Precision.Float32, BatchSize = 3 });
        var images = Enumerable.Range(0, 100).Select(i => i == 50 ? new byte[] { 1 } : TestImages.Noise(i)).ToArray();
        var results = new List<ImageEmbedding>();

        await foreach (var result in clip.EmbedImagesAsync(images))
            results.Add(result);

        Assert.Equal([50L], results.Where(result => result.Error is not null).Select(result => result.Index));
        Assert.All(results.Where(result => result.Error is null), result => Compare(clip.EmbedImage(images[result.Index]), result.Vector, 0.99999f));
    }

    [Fact]
    public async Task EmbedImages_SeveralCallers_GetTheNumbersOfOne()
    {
        using var clip = LoadOnGpu(new ClipModelOptions { Precision = Precision.Float32, BatchSize = 5 });
        var work = Enumerable.Range(0, 8).Select(caller => Enumerable.Range(0, 33).Select(i => TestImages.Noise(caller * 40 + i)).ToArray()).ToArray();
        var expected = work.Select(images => clip.EmbedImages(images)).ToArray();

        var actual = await Task.WhenAll(work.Select(images => Task.Run(() => clip.EmbedImages(images))));

        for (var caller = 0; caller < work.Length; caller++)
            Assert.All(expected[caller].Zip(actual[caller]), rows => Compare(rows.First, rows.Second, 0.99999f));
    }

    [Fact]
    public async Task EmbedImagesAndTexts_ErrorsAndEarlyEnds_LeaveNoTensors()
    {
        using var clip = LoadOnGpu(new ClipModelOptions { BatchSize = 4 });
        var images = Enumerable.Range(0, 50).Select(i => i == 20 ? new byte[] { 1 } : TestImages.Noise(i)).ToArray();
        clip.EmbedImages(images[..18]);             // makes the buffers, which stay
        var before = LiveTensors.Count();

        Assert.ThrowsAny<Exception>(() => clip.EmbedImages(images));
        await foreach (var result in clip.EmbedImagesAsync(images))
        {
            if (result.Index == 30)
                break;
        }
        clip.EmbedTexts(s_texts);

        Assert.Equal(before, LiveTensors.Count());
    }

    [Fact]
    public void EncodeTexts_IdBeyondTheVocabulary_ThrowsBeforeTheGpuSeesIt()
    {
        using var clip = LoadOnGpu(new ClipModelOptions());
        using var tokens = full([1, 4], clip.Card.Config.Text.VocabularySize, ScalarType.Int64);

        Assert.Throws<ArgumentException>(() => clip.Network.EncodeTexts(tokens));
        Assert.NotEmpty(clip.EmbedText("a red star"));
    }

    private static void Compare(float[] expected, float[] actual, float floor) =>
        Assert.InRange(EmbeddingMath.CosineSimilarity(expected, actual), floor, 1.0001f);

    private static ClipModel LoadOnGpu(ClipModelOptions options)
    {
        TorchLibraries.EnsureLoaded();
        Assert.SkipUnless(cuda.is_available(), "No CUDA device, or libtorch without CUDA.");
        return ClipModel.Load(s_folder, options with { Device = "cuda" });
    }
}
