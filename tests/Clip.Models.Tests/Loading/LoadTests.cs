using Clip.Checkpoints;
using Clip.Kernels.Float32.Memory;
using Clip.Runtime;

namespace Clip.Models.Tests.Loading;

public sealed class LoadTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly DualEncoder _network = TinyConfig.Create(Config);

    // 64 channels per head, so that shapes alone tell the architecture.
    private static readonly DualEncoderConfig Config = TinyConfig.VisionTransformer with
    {
        Image = (VisionTransformerConfig)TinyConfig.VisionTransformer.Image with { Transformer = Wide },
        Text = TinyConfig.VisionTransformer.ClipText() with { Transformer = Wide with { Heads = 1 } },
    };

    private static TransformerConfig Wide => new() { Width = 64, Layers = 2, Heads = 1, Activation = Activation.QuickGelu };

    public void Dispose()
    {
        _network.Dispose();
        _folder.Dispose();
    }

    private string Weights => _folder.File("weights.safetensors");

    [Fact]
    public void Load_ActivationAlone_InfersTheArchitecture()
    {
        _network.ExportWeights(Weights, WeightLayout.Native);

        using var loaded = DualEncoder.Load(Weights, new LoadOptions { Activation = Activation.QuickGelu });

        Assert.Equal(Config, loaded.Config);
        Assert.False(loaded.training);
    }

    [Fact]
    public void Load_ResNetActivationAlone_InfersTheArchitecture()
    {
        var config = Config with { Image = new ModifiedResNetConfig { Resolution = 64, Blocks = [2, 1, 3, 1], Width = 8, Heads = 4 } };
        using var network = TinyConfig.Create(config);
        network.ExportWeights(Weights, WeightLayout.Native);

        using var loaded = DualEncoder.Load(Weights, new LoadOptions { Activation = Activation.QuickGelu });

        Assert.Equal(config, loaded.Config);
    }

    [Fact]
    public void Load_FileAlone_AsksForTheActivation()
    {
        _network.ExportWeights(Weights, WeightLayout.Native);

        var exception = Assert.Throws<CheckpointException>(() => DualEncoder.Load(Weights));

        Assert.Contains("LoadOptions.Activation", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Load_MissingUnexpectedAndUnequal_ListsAllAndLoadsNothing()
    {
        Rewrite(tensors =>
        {
            tensors.Remove("ln_final.bias");
            tensors["visual.evil"] = zeros(3);
            tensors["text_projection"] = zeros(65, 24);
        });

        var exception = Assert.Throws<CheckpointMismatchException>(() => DualEncoder.Load(Weights, new LoadOptions { Config = Config }));

        Assert.Equal(["ln_final.bias"], exception.MissingKeys);
        Assert.Equal(["visual.evil"], exception.UnexpectedKeys);
        Assert.Equal([new ShapeMismatch("text_projection", [64, 24], [65, 24])], exception.UnequalShapes);
        foreach (var part in (string[])[Weights, "ln_final.bias", "visual.evil", "text_projection is [65, 24] but should be [64, 24]"])
            Assert.Contains(part, exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Load_BroadcastableShape_IsAMismatch()
    {
        Rewrite(tensors => tensors["ln_final.bias"] = zeros(1));

        var exception = Assert.Throws<CheckpointMismatchException>(() => DualEncoder.Load(Weights, new LoadOptions { Config = Config }));

        Assert.Single(exception.UnequalShapes);
    }

    [Theory]
    [InlineData(float.NaN)]
    [InlineData(float.PositiveInfinity)]
    public void Load_NonFiniteWeight_IsRefusedByNameUnlessAllowed(float value)
    {
        Rewrite(tensors => tensors["visual.conv1.weight"] = full([64, 3, 8, 8], value));
        var options = new LoadOptions { Config = Config };

        var exception = Assert.Throws<CheckpointException>(() => DualEncoder.Load(Weights, options));

        Assert.Contains("visual.conv1.weight", exception.Message, StringComparison.Ordinal);
        DualEncoder.Load(Weights, options with { AllowNonFinite = true }).Dispose();
    }

    [Theory]
    [InlineData("visual.transformer.resblocks.1.mlp.c_fc.weight")]
    [InlineData("text_projection")]
    public void LoadForInference_NonFiniteWeight_IsRefusedByNameUnlessAllowed(string name)
    {
        Rewrite(tensors => tensors[name] = tensors[name].clone().fill_(float.NaN));
        var options = new LoadOptions { Config = Config };
        LiveTensors.Count();
        var before = NativeFloats.LiveBytes;

        var exception = Assert.Throws<CheckpointException>(() => DualEncoder.LoadForInference(Weights, options));

        Assert.Contains($"'{name}'", exception.Message, StringComparison.Ordinal);
        LiveTensors.Count();
        Assert.Equal(before, NativeFloats.LiveBytes);
        DualEncoder.LoadForInference(Weights, options with { AllowNonFinite = true }).Dispose();
    }

    [Fact]
    public void LoadForInference_MissingWeight_NamesItBeforeAnythingIsRead()
    {
        Rewrite(tensors => tensors.Remove("transformer.resblocks.1.ln_2.bias"));

        var exception = Assert.Throws<CheckpointMismatchException>(() => DualEncoder.LoadForInference(Weights, new LoadOptions { Config = Config }));

        Assert.Equal(["transformer.resblocks.1.ln_2.bias"], exception.MissingKeys);
    }

    [Fact]
    public void Load_ScalarsWithOneDimension_AreTaken()
    {
        Rewrite(tensors => tensors["logit_scale"] = tensors["logit_scale"].view(1));

        using var loaded = DualEncoder.Load(Weights, new LoadOptions { Config = Config });

        Assert.Equal(1 / 0.07, loaded.GetLogitScale().item<float>(), 1e-4);
    }

    [Theory]
    [InlineData("input_resolution")]
    [InlineData("attn_mask")]
    [InlineData("transformer.resblocks.0.attn_mask")]
    public void Load_TensorsThatAreNoWeights_ArePassedOver(string name)
    {
        Rewrite(tensors => tensors[name] = zeros(2, 2));

        DualEncoder.Load(Weights, new LoadOptions { Config = Config }).Dispose();
    }

    [Fact]
    public void Load_AnotherResolutionAndContext_InterpolatesPositions()
    {
        using var scope = NewDisposeScope();
        _network.ExportWeights(Weights, WeightLayout.Native);

        using var loaded = DualEncoder.Load(Weights, new LoadOptions { Config = Config, Resolution = new ImageSize(48, 64), ContextLength = 20 });

        Assert.Equal(new ImageSize(48, 64), loaded.Config.Image.Resolution);
        var (before, after) = (_network.state_dict(), loaded.state_dict());
        var expected = PositionResizer.ResizeImage(before["visual.positional_embedding"].detach(), 1, new ImageSize(4, 4), new ImageSize(6, 8));
        TensorAssert.BitEqual(expected, after["visual.positional_embedding"]);
        Assert.Equal([20, 64], after["text.positional_embedding"].shape);
        using var noGradients = no_grad();
        Assert.Equal([1, 24], loaded.EncodeImages(zeros(1, 3, 48, 64)).shape);
        Assert.Equal([1, 24], loaded.EncodeTexts(zeros(1, 20, dtype: ScalarType.Int64)).shape);
    }

    [Fact]
    public void Load_ResNetAnotherResolution_ThrowsArgumentException()
    {
        using var network = TinyConfig.Create(TinyConfig.ResNet);
        network.ExportWeights(Weights, WeightLayout.Native);

        Assert.Throws<ArgumentException>(() => DualEncoder.Load(Weights, new LoadOptions { Config = TinyConfig.ResNet, Resolution = 64 }));
    }

    [Fact]
    public void Load_HalfPrecision_KeepsNormsAndEmbeddingsInFloat32()
    {
        ServedPrecision.RequireBFloat16();
        using var scope = NewDisposeScope();
        using var noGradients = no_grad();
        _network.ExportWeights(Weights, WeightLayout.Native);
        var options = new LoadOptions { Config = Config, Target = ComputeTarget.Resolve("cpu", Precision.BFloat16) };

        using var loaded = DualEncoder.Load(Weights, options);

        var state = loaded.state_dict();
        string[] low = ["visual.conv1.weight", "visual.proj", "text.text_projection", "text.transformer.resblocks.0.attn.in_proj_weight", "text.transformer.resblocks.0.attn.in_proj_bias", "visual.transformer.resblocks.1.mlp.c_fc.bias"];
        string[] full = ["visual.class_embedding", "visual.positional_embedding", "visual.ln_pre.weight", "text.token_embedding.weight", "text.positional_embedding", "text.transformer.resblocks.0.ln_1.bias", "logit_scale"];
        Assert.All(low, name => Assert.Equal(ScalarType.BFloat16, state[name].dtype));
        Assert.All(full, name => Assert.Equal(ScalarType.Float32, state[name].dtype));

        var exact = _network.EncodeImages(TinyConfig.Pixels(Config, 4), normalize: true);
        var rounded = loaded.EncodeImages(TinyConfig.Pixels(Config, 4), normalize: true);
        Assert.Equal(ScalarType.BFloat16, rounded.dtype);
        var cosines = (exact * rounded.to(ScalarType.Float32)).sum(1);
        Assert.True(cosines.min().item<float>() > 0.999, $"{cosines.min().item<float>()}");
    }

    [Fact]
    public void Load_ConfigAndActivation_ThrowsArgumentException()
    {
        _network.ExportWeights(Weights, WeightLayout.Native);

        Assert.Throws<ArgumentException>(() => DualEncoder.Load(Weights, new LoadOptions { Config = Config, Activation = Activation.Gelu }));
    }

    [Fact]
    public void Load_FolderWithoutModel_SaysWhatIsMissing()
    {
        var exception = Assert.Throws<CheckpointException>(() => DualEncoder.Load(_folder.Path));

        Assert.Contains("open_clip_config.json", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Load_Nothing_ThrowsFileNotFound()
    {
        Assert.Throws<FileNotFoundException>(() => DualEncoder.Load(_folder.File("absent.pt")));
    }

    [Fact]
    public void Load_TimmFolder_TakesOpenClipsFile()
    {
        _network.Export(_folder.Path, WeightLayout.Native);
        File.WriteAllText(_folder.File("config.json"), """{"architecture": "vit_base_patch32_clip_224"}""");
        File.WriteAllBytes(_folder.File("model.safetensors"), [1, 2, 3]);

        using var loaded = DualEncoder.Load(_folder.Path);

        Assert.Equal(Config, loaded.Config);
    }

    private void Rewrite(Action<Dictionary<string, Tensor>> change)
    {
        _network.ExportWeights(Weights, WeightLayout.Native);
        WeightsFile.Rewrite(Weights, change);
    }

    private static Tensor Embed(DualEncoder network)
    {
        using var noGradients = no_grad();
        using var pixels = TinyConfig.Pixels(Config, count: 2);
        return network.EncodeImages(pixels);
    }
}
