using Clip.Checkpoints;
using Clip.Runtime;

namespace Clip.Models.Tests.Loading;

/// <summary>One tower, from a checkpoint of it alone or of a whole model.</summary>
public sealed class TowerLoadTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(nameof(TinyConfig.VisionTransformer), WeightLayout.Native)]
    [InlineData(nameof(TinyConfig.VisionTransformer), WeightLayout.HuggingFace)]
    [InlineData(nameof(TinyConfig.ResNet), WeightLayout.Native)]
    [InlineData(nameof(TinyConfig.SigLip), WeightLayout.HuggingFace)]
    public void Load_WholeModel_EqualsItsTowers(string kind, WeightLayout layout)
    {
        using var scope = NewDisposeScope();
        using var noGradients = no_grad();
        var config = TinyConfig.All[kind];
        using var network = TinyConfig.Create(config);
        network.Export(_folder.Path, layout);
        var (pixels, tokens) = (TinyConfig.Pixels(config, 2), TinyConfig.Tokens(config, 2));

        using var image = ImageTower.Load(_folder.Path);
        using var text = TextTower.Load(_folder.Path);

        Assert.False(image.training);
        Assert.Equal(config.Image, image.Config);
        TensorAssert.BitEqual(network.EncodeImages(pixels), image.call(pixels));
        TensorAssert.BitEqual(network.EncodeTexts(tokens), text.call(tokens));
    }

    [Theory]
    [InlineData("hf_clip_vision_model", "ImageTower.Load")]
    [InlineData("hf_clip_text_with_projection", "TextTower.Load")]
    public void Load_HalfAsAWhole_NamesTheOtherMethod(string name, string method)
    {
        var exception = Assert.Throws<CheckpointException>(() => DualEncoder.Load(Fixtures.Find("towers", name)));

        Assert.Contains(method, exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Load_TheOtherHalf_NamesTheOtherMethod()
    {
        var (vision, text) = (Fixtures.Find("towers", "hf_clip_vision_model"), Fixtures.Find("towers", "hf_clip_text_model"));

        Assert.Contains("TextTower.Load", Assert.Throws<CheckpointException>(() => ImageTower.Load(text)).Message);
        Assert.Contains("ImageTower.Load", Assert.Throws<CheckpointException>(() => TextTower.Load(vision)).Message);
    }

    [Theory]
    [InlineData("hf_clip_vision_model", 32)]
    [InlineData("hf_clip_vision_with_projection", 24)]
    public void Load_ImageHalf_HasAProjectionWhereTheFileHas(string name, int channels)
    {
        using var scope = NewDisposeScope();
        using var noGradients = no_grad();

        using var tower = ImageTower.Load(Fixtures.Find("towers", name));

        var (height, width) = tower.Config.Resolution;
        Assert.Equal(channels, tower.call(zeros(1, 3, height, width)).shape[1]);
    }

    [Fact]
    public void Load_ImageHalfAtAnotherResolution_InterpolatesPositions()
    {
        using var scope = NewDisposeScope();
        using var noGradients = no_grad();

        using var tower = ImageTower.Load(Fixtures.Find("towers", "hf_clip_vision_model"), new LoadOptions { Resolution = 48 });

        Assert.Equal(48, tower.Config.Resolution.Height);
        Assert.Equal([1, 37, 32], tower.GetTokens(zeros(1, 3, 48, 48)).shape);
    }

    [Fact]
    public void Load_OptionsOfTheOtherTower_AreRefused()
    {
        Assert.Throws<ArgumentException>(() => ImageTower.Load(Fixtures.Find("towers", "hf_clip_vision_model"), new LoadOptions { ContextLength = 9 }));
        Assert.Throws<ArgumentException>(() => TextTower.Load(Fixtures.Find("towers", "hf_clip_text_model"), new LoadOptions { Resolution = 48 }));
    }

    [Fact]
    public void Load_HalfInBFloat16_HasItsDtype()
    {
        ServedPrecision.RequireBFloat16();
        using var tower = TextTower.Load(
            Fixtures.Find("towers", "hf_clip_text_model"), new LoadOptions { Target = ComputeTarget.Resolve("cpu", Precision.BFloat16) });

        Assert.Equal(ScalarType.BFloat16, tower.DType);
    }

    [Fact]
    public void Load_HalfWithATensorMissing_ListsIt()
    {
        var half = Fixtures.Find("towers", "hf_clip_text_model");
        using (var checkpoint = Checkpoint.Open(Path.Combine(half, "model.safetensors")))
        using (NewDisposeScope())
        {
            SafetensorsFile.Write(
                _folder.File("model.safetensors"),
                checkpoint.Tensors.Keys.Where(name => name != "text_model.final_layer_norm.bias").Select(name => KeyValuePair.Create(name, checkpoint.ReadTensor(name))));
        }
        File.Copy(Path.Combine(half, "config.json"), _folder.File("config.json"));

        var exception = Assert.Throws<CheckpointMismatchException>(() => TextTower.Load(_folder.Path));

        Assert.Equal(["text_model.final_layer_norm.bias"], exception.MissingKeys);
    }
}
