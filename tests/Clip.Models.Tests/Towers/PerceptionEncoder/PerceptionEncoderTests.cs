using Clip.Checkpoints;

namespace Clip.Models.Tests.Image;

public sealed class PerceptionEncoderTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    // Heads of 64 channels, and of 96 at the width of the largest; Meta's files have no config.
    [Theory]
    [InlineData(192, 3, true)]
    [InlineData(1536, 16, false)]
    public void Load_MetasNamesWithoutConfig_ReadsTheSizesOffTheShapes(int width, int heads, bool classToken)
    {
        using var scope = NewDisposeScope();
        using var network = TinyConfig.Create(new DualEncoderConfig
        {
            EmbeddingSize = 24,
            Image = new PerceptionEncoderConfig
            {
                Resolution = 28,
                PatchSize = 14,
                Head = new TimmHeadConfig(TimmProjection.Linear),
                ClassToken = classToken,
                Transformer = new TransformerConfig { Width = width, Layers = 1, Heads = heads, MlpWidth = 96, Activation = Activation.Gelu },
            },
            Text = new ClipTextConfig
            {
                ContextLength = 12,
                VocabularySize = 50,
                Transformer = new TransformerConfig { Width = 64, Layers = 1, Heads = 1, Activation = Activation.Gelu },
            },
        });
        var path = WriteMetas(network);

        using var loaded = DualEncoder.Load(path);

        Assert.Equal(network.Config, loaded.Config);
        var weights = loaded.state_dict();
        foreach (var (name, tensor) in network.state_dict())
            TensorAssert.BitEqual(tensor, weights[name]);
        using var checkpoint = Checkpoint.Open(path);
        Assert.Equal(DualEncoderOutline.Of(network.Config), DualEncoderOutline.TryRead(checkpoint));
    }

    [Fact]
    public void Export_LoadedFromMetasNames_IsAnOpenClipModelOfTheSameNumbers()
    {
        using var scope = NewDisposeScope();
        using var noGradients = no_grad();
        var config = TinyTransformers.PerceptionEncoder with
        {
            Image = (PerceptionEncoderConfig)TinyTransformers.PerceptionEncoder.Image with { Head = new TimmHeadConfig(TimmProjection.Linear), ReferenceGrid = null },
        };
        using var network = TinyConfig.Create(config);
        using var original = DualEncoder.Load(WriteMetas(network), new LoadOptions { Config = config });

        original.Export(_folder.File("open_clip"), WeightLayout.Native);
        using var loaded = DualEncoder.Load(_folder.File("open_clip"));

        var pixels = TinyConfig.Pixels(config, count: 2);
        TensorAssert.BitEqual(network.EncodeImages(pixels), loaded.EncodeImages(pixels));
    }

    // At the size of its reference grid timm's tower is Meta's; at another it scales coordinates, Meta's does not.
    [Fact]
    public void EncodeImages_ReferenceGrid_MattersAtOtherResolutionsAlone()
    {
        using var scope = NewDisposeScope();
        using var noGradients = no_grad();
        var scaled = (PerceptionEncoderConfig)TinyTransformers.PerceptionEncoder.Image;
        var (same, other) = (Encode(scaled with { ReferenceGrid = null }), Encode(scaled with { ReferenceGrid = 7 }));

        TensorAssert.BitEqual(Encode(scaled), same);
        Assert.True((other - same).abs().max().item<float>() > 1e-5);

        static Tensor Encode(PerceptionEncoderConfig image)
        {
            using var network = TinyConfig.Create(TinyTransformers.PerceptionEncoder with { Image = image });
            // So large that attention is sharp.
            foreach (var (_, weight) in network.Image.named_parameters().Where(entry => entry.name.EndsWith("in_proj_weight", StringComparison.Ordinal)))
                weight.mul_(50);
            return network.Image.GetFeatures(TinyConfig.Pixels(network.Config, count: 2));
        }
    }

    [Fact]
    public void Copy_Float64ThereAndBack_TurnsWithTheSameAngles()
    {
        using var scope = NewDisposeScope();
        using var noGradients = no_grad();
        using var network = TinyConfig.Create(TinyTransformers.PerceptionEncoder);
        var pixels = TinyConfig.Pixels(network.Config, count: 2);
        var expected = network.Image.GetFeatures(pixels);

        network.to(ScalarType.Float64);
        var precise = network.Image.GetFeatures(pixels);
        network.to(ScalarType.Float32);

        TensorAssert.Close(precise.to(ScalarType.Float32), expected, 1e-5);
        TensorAssert.BitEqual(expected, network.Image.GetFeatures(pixels));
    }

    private string WriteMetas(DualEncoder network)
    {
        using var scope = NewDisposeScope();
        var parameters = network.state_dict();
        var keys = KeyMaps.For(network.Config).Single(map => map.Name == PerceptionEncoderNames.Original.Kind).Map(parameters.Keys)!;
        Assert.Contains(keys, key => key.Name == "visual.proj");
        var path = _folder.File("PE-Core.safetensors");
        SafetensorsFile.Write(path, keys.Select(key => KeyValuePair.Create(key.Name, key.View(parameters[key.Parameter].detach()).contiguous())));
        return path;
    }
}
