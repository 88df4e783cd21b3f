using Clip.Models;
using Clip.Preprocessing;
using Clip.Runtime;

namespace Clip.Tests.Embedding;

/// <summary>A model that takes images of any aspect ratio, from a folder as transformers writes it.</summary>
public sealed class NaFlexTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public NaFlexTests()
    {
        foreach (var name in (string[])["config.json", "model.safetensors"])
            File.Copy(Fixtures.Find("towers", "hf_siglip2_naflex", name), _folder.File(name));
        _folder.Write(
            "preprocessor_config.json",
            """{"image_processor_type": "Siglip2ImageProcessor", "patch_size": 4, "max_num_patches": 20, "image_mean": [0.5, 0.5, 0.5], "image_std": [0.5, 0.5, 0.5]}"""u8.ToArray());
    }

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(null)]
    [InlineData(2)]
    public void EmbedImages_ManySizes_EachAsAlone(int? batchSize)
    {
        using var clip = Load(new ClipModelOptions { BatchSize = batchSize });
        var images = new[] { (30, 20), (8, 50), (30, 20), (16, 16), (50, 8), (60, 40) }.Select((size, i) => MakeImage(size.Item1, size.Item2, i)).ToArray();

        var rows = clip.EmbedImages(images);

        Assert.Equal(PreprocessingConfig.NaFlex(4, 20), clip.Card.Preprocessing);
        Assert.All(images.Index(), image =>
        {
            var alone = clip.EmbedImage(image.Item);
            Assert.Equal(1, alone.Sum(value => (double)value * value), 1e-5);
            Assert.Equal(alone.Length, rows[image.Index].Length);
            for (var i = 0; i < alone.Length; i++)
                Assert.Equal(alone[i], rows[image.Index][i], 1e-5f);
        });
    }

    [Fact]
    public void EmbedImage_OneImage_IsTheNetworksOfItsPixels()
    {
        using var clip = Load(new ClipModelOptions());
        using var scope = NewDisposeScope();
        var image = MakeImage(30, 20, 1);
        var preprocessor = new ImagePreprocessor(clip.Card.Preprocessing);
        var pixels = new float[preprocessor.Length];
        var (height, width) = image.Preprocess(preprocessor, pixels);

        var expected = clip.Network.EncodeImages(tensor(pixels[..(3 * height * width)]).view(1, 3, height, width), normalize: true);

        Assert.Equal((16, 20), (height, width));
        Assert.Equal(expected.data<float>().ToArray(), clip.EmbedImage(image));
    }

    [Fact]
    public async Task EmbedImagesAsync_UnreadableImage_DoesNotDisturbTheOthers()
    {
        using var clip = Load(new ClipModelOptions());
        ImageSource[] images = [MakeImage(30, 20, 1), ImageSource.FromBytes(new byte[10]), MakeImage(20, 30, 2)];

        var embeddings = await clip.EmbedImagesAsync(images.ToAsyncEnumerable()).ToArrayAsync();

        Assert.Equal([false, true, false], embeddings.Select(embedding => embedding.Error is not null));
        Assert.Equal(clip.EmbedImage(images[2]), embeddings[2].Vector.ToArray(), (a, b) => Math.Abs(a - b) < 1e-5f);
    }

    [Fact]
    public void Load_OtherPatches_IsRefused()
    {
        var error = Assert.Throws<ModelSourceException>(() => Load(new ClipModelOptions { Preprocessing = PreprocessingConfig.NaFlex(8, 20) }));

        Assert.Contains("patches of 4 pixels", error.Message);
    }

    [Fact]
    public void Load_FixedSizeThatTheTowerTakes_IsItsResolution()
    {
        using var clip = Load(new ClipModelOptions { Preprocessing = PreprocessingConfig.SigLip(16) });

        Assert.Equal(32, clip.EmbedImage(MakeImage(30, 20, 1)).Length);
    }

    private ClipModel Load(ClipModelOptions options) =>
        ClipModel.Load(_folder.Path, options with { Device = "cpu", Precision = Precision.Float32 });

    private static ImageSource MakeImage(int width, int height, int seed)
    {
        var pixels = new byte[3 * width * height];
        new Random(seed).NextBytes(pixels);
        return ImageSource.FromPixels(pixels, width, height);
    }
}
