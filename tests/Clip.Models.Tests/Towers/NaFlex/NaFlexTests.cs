using Clip.Checkpoints;
using Clip.Models.Tests.Towers.Timm;

namespace Clip.Models.Tests.Towers.NaFlex;

public sealed class NaFlexTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    private static DualEncoderConfig Bilinear { get; } = TinyConfig.NaFlex with
    {
        Image = (NaFlexVisionConfig)TinyConfig.NaFlex.Image with { PositionInterpolation = PositionInterpolation.Bilinear, Resolution = 16, MaxPatches = 16 },
    };

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(16, 16)]
    [InlineData(4, 4)]
    [InlineData(40, 8)]
    [InlineData(12, 60)]
    public void GetTokens_AnyGrid_HasOnePerPatch(int height, int width)
    {
        using var scope = NewDisposeScope();
        using var noGradients = no_grad();
        using var plain = TinyConfig.Create(TinyConfig.NaFlex);
        var pixels = randn(2, 3, height, width);
        var expected = plain.EncodeImages(pixels);

        Assert.Equal([2, height * width / 16, 32], plain.Image.GetTokens(pixels).shape);
        TensorAssert.Close(expected.narrow(0, 1, 1), plain.EncodeImages(pixels.narrow(0, 1, 1)), 1e-5);
        using var packed = plain.PackForInference();
        TensorAssert.Close(expected, packed.EncodeImages(pixels), 2e-5 * Math.Max(1, expected.abs().max().item<float>()));
    }

    [Theory]
    [InlineData(6, 8)]
    [InlineData(8, 0)]
    public void EncodeImages_SidesThatPatchesDoNotFill_AreRefused(int height, int width)
    {
        using var scope = NewDisposeScope();
        using var network = TinyConfig.Create(TinyConfig.NaFlex);

        var error = Assert.Throws<ArgumentException>(() => network.EncodeImages(zeros(1, 3, height, width)));

        Assert.Contains("patches of 4 fill", error.Message);
    }

    // A patch is read by row, column and channel: at the grid of the positions the tower is an ordinary SigLIP.
    [Fact]
    public void EncodeImages_GridOfThePositions_IsSigLipsTower()
    {
        using var scope = NewDisposeScope();
        using var noGradients = no_grad();
        using var network = TinyConfig.Create(TinyConfig.NaFlex);
        var image = (NaFlexVisionConfig)TinyConfig.NaFlex.Image;
        using var sigLip = new SigLipImageTower(new SigLipVisionConfig { Resolution = 16, PatchSize = 4, Transformer = image.Transformer });
        var (from, to) = (network.Image.state_dict(), sigLip.state_dict());
        foreach (var (name, parameter) in to)
        {
            parameter.copy_(name switch
            {
                "conv1.weight" => from["trunk.embed.patch_embedding.weight"].view(32, 4, 4, 3).permute(0, 3, 1, 2),
                "conv1.bias" => from["trunk.embed.patch_embedding.bias"],
                "positional_embedding" => from["trunk.embed." + name].flatten(0, 1),
                _ => from["trunk." + name],
            });
        }
        var pixels = randn(2, 3, 16, 16);

        TensorAssert.Close(sigLip.call(pixels), network.EncodeImages(pixels), 1e-5);
    }

    [Fact]
    public void Export_HuggingFace_LoadsTheSame()
    {
        using var scope = NewDisposeScope();
        using var noGradients = no_grad();
        using var network = TinyConfig.Create(Bilinear);
        network.Export(_folder.Path, WeightLayout.HuggingFace);
        using var loaded = DualEncoder.Load(_folder.Path);
        using var checkpoint = Checkpoint.Open(_folder.File("model.safetensors"));
        var pixels = randn(2, 3, 12, 32);

        Assert.Equal(Bilinear.Image, loaded.Config.Image);
        TensorAssert.BitEqual(network.EncodeImages(pixels), loaded.EncodeImages(pixels));
        Assert.Equal(DualEncoderOutline.Of(Bilinear), DualEncoderOutline.TryRead(checkpoint));
    }

    [Theory]
    [InlineData(nameof(TinyConfig.NaFlexAverage))]
    [InlineData(nameof(TinyConfig.NaFlexGated))]
    public void Export_ChoicesOfTimm_AreRefusedByHuggingFace(string kind)
    {
        var config = TinyConfig.All[kind];
        using var network = TinyConfig.Create(config with { Image = (NaFlexVisionConfig)config.Image with { PositionInterpolation = PositionInterpolation.Bilinear } });

        Assert.Throws<ArgumentException>(() => network.Export(_folder.Path, WeightLayout.HuggingFace));
    }

    // More grids than are kept, each twice, in an order in which those of before are gone.
    [Fact]
    public void EncodeImages_PackedWithManyGrids_EqualsPlain()
    {
        using var scope = NewDisposeScope();
        using var noGradients = no_grad();
        using var plain = TinyConfig.Create(TinyConfig.NaFlexAverage);
        var images = (from rows in Enumerable.Range(1, 6) from columns in Enumerable.Range(1, 6) select randn(1, 3, 4 * rows, 4 * columns)).ToArray();
        var expected = images.Select(image => plain.EncodeImages(image)).ToArray();
        using var packed = plain.PackForInference();

        foreach (var _ in new int[2])
        {
            for (var i = 0; i < images.Length; i++)
                TensorAssert.Close(expected[i], packed.EncodeImages(images[i]), 2e-5 * Math.Max(1, expected[i].abs().max().item<float>()));
        }
    }

    [Theory]
    [InlineData(WeightLayout.HuggingFace)]
    [InlineData(WeightLayout.Native)]
    public void Export_OtherInterpolation_IsRefused(WeightLayout layout)
    {
        using var network = TinyConfig.Create(layout == WeightLayout.Native ? Bilinear : TinyConfig.NaFlex);

        Assert.Contains("PositionInterpolation", Assert.Throws<ArgumentException>(() => network.Export(_folder.Path, layout)).Message);
    }

    [Fact]
    public void StageOf_EveryParameter_FollowsTheBlocks()
    {
        using var network = TinyConfig.Create(TinyConfig.NaFlex);
        var tower = network.Image;

        Assert.Equal(4, tower.StageCount);
        Assert.Equal(0, tower.StageOf("trunk.embed.patch_embedding.weight"));
        Assert.Equal(0, tower.StageOf("trunk.embed.positional_embedding"));
        Assert.Equal(2, tower.StageOf("trunk.transformer.resblocks.1.ln_1.bias"));
        Assert.Equal(3, tower.StageOf("trunk.attn_pool.probe"));
    }

    [Theory]
    [InlineData("patch_size", """{"patch_size": 0}""")]
    [InlineData("Transformer.Layers", """{"depth": 2000000000}""")]
    [InlineData("Transformer", """{"num_heads": 7}""")]
    [InlineData("PositionGrid", """{"pos_embed_grid_size": [0, 4]}""")]
    [InlineData("pos_embed_grid_size", """{"pos_embed_grid_size": [1, 2, 3]}""")]
    [InlineData("Registers", """{"reg_tokens": -1}""")]
    [InlineData("PoolMlpWidth", """{"attn_pool_mlp_ratio": 10000}""")]
    [InlineData("class_token", """{"class_token": true}""")]
    public void Read_HostileSettingOfTimm_IsRefusedByName(string setting, string sizes) => RequireRefused(setting, $$"""
        {
          "embed_dim": 768,
          "vision_cfg": {
            "image_size": 256, "timm_model_name": "naflexvit_base_patch16_siglip", "timm_pool": "map", "timm_proj": "none", "timm_model_kwargs": {{sizes}}
          },
          "text_cfg": { "context_length": 64, "vocab_size": 100, "width": 768, "heads": 12, "layers": 1, "proj_bias": true }
        }
        """);

    [Theory]
    [InlineData("num_patches", """{"num_patches": 255}""")]
    [InlineData("num_patches", """{"num_patches": 0}""")]
    [InlineData("patch_size", """{"patch_size": 2000000000}""")]
    [InlineData("vision_use_head", """{"vision_use_head": false}""")]
    [InlineData("Image.Transformer", """{"num_attention_heads": 7}""")]
    public void Read_HostileSettingOfHuggingFace_IsRefusedByName(string setting, string vision) =>
        RequireRefused(setting, $$"""{"model_type": "siglip2", "text_config": {}, "vision_config": {{vision}}}""");

    private void RequireRefused(string setting, string json)
    {
        var file = _folder.File("config.json");
        File.WriteAllText(file, json);

        var error = Assert.Throws<CheckpointException>(() => DualEncoderConfig.Read(file));

        Assert.Contains(setting, error.Message, StringComparison.Ordinal);
        Assert.Contains(file, error.Message, StringComparison.Ordinal);
    }
}
