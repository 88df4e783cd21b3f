using Clip.Models.Tests.Towers.Timm;

namespace Clip.Models.Tests.Towers.FastVit;

public sealed class FastVitTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    // Millions of the two towers with folded branches, as the papers have them (MobileCLIP, table 3; MobileCLIP2, table 2).
    [Theory]
    [InlineData("fastvit_mci0", 512, 11.4, 63.4)]
    [InlineData("fastvit_mci1", 512, 21.5, 63.4)]
    [InlineData("fastvit_mci2", 512, 35.7, 63.4)]
    [InlineData("fastvit_mci3", 768, 125.1, 123.6)]
    [InlineData("fastvit_mci4", 768, 321.6, 123.6)]
    public void Read_OpenClipConfig_HasThePublishedSizes(string name, int width, double images, double texts)
    {
        var file = _folder.File("config.json");
        File.WriteAllText(file, $$"""
            {
              "embed_dim": {{width}},
              "vision_cfg": {
                "timm_model_name": "{{name}}", "timm_pool": "avg", "timm_proj": null, "image_size": 256, "timm_model_kwargs": { "inference_mode": true }
              },
              "text_cfg": { "width": {{width}}, "heads": {{width / 64}}, "layers": 12, "no_causal_mask": true },
              "custom_text": true
            }
            """);
        using var scope = NewDisposeScope();
        using var network = new DualEncoder(DualEncoderConfig.Read(file), new WeightFactory(ScalarType.Float32, META));

        Assert.Equal(images, Millions(network.Image), 0.15);
        Assert.Equal(texts, Millions(network.Text), 0.1);
    }

    [Fact]
    public void Create_TextTowerOfS0_HasThePublishedSize()
    {
        var config = TinyConfig.FoldedMobileClip with
        {
            EmbeddingSize = 512,
            Text = new MobileClipTextConfig
            {
                ContextLength = 77,
                VocabularySize = 49_408,
                Transformer = new TransformerConfig { Width = 512, Layers = 4, Heads = 8, Activation = Activation.Gelu },
                Reparameterized = true,
            },
        };
        using var scope = NewDisposeScope();
        using var network = new DualEncoder(config, new WeightFactory(ScalarType.Float32, META));

        Assert.Equal(42.4, Millions(network.Text), 0.05);
    }

    [Theory]
    [InlineData(64, 64, 1)]
    [InlineData(256, 128, 8)]
    [InlineData(65, 40, 2)]
    public void GetTokens_AnyResolution_HasOnePerBegunStride(int height, int width, int places)
    {
        using var scope = NewDisposeScope();
        using var noGradients = no_grad();
        using var network = TinyConfig.Create(TinyConfig.FastVit);
        network.Export(_folder.Path, WeightLayout.Native);
        using var resized = DualEncoder.Load(_folder.Path, new LoadOptions { Resolution = new ImageSize(height, width) });
        var pixels = randn(2, 3, height, width);

        var expected = resized.Image.GetTokens(pixels);
        Assert.Equal([2, places, 128], expected.shape);
        using var packed = resized.PackForInference();
        TensorAssert.Close(expected, packed.Image.GetTokens(pixels), 2e-5 * expected.abs().max().item<float>());
    }

    [Fact]
    public void StageOf_EveryParameter_FollowsTheStages()
    {
        using var network = TinyConfig.Create(TinyConfig.FastVit);
        var tower = network.Image;

        Assert.Equal(7, tower.StageCount);
        Assert.Equal(0, tower.StageOf("trunk.stem.1.conv_kxk.0.bn.bias"));
        Assert.Equal(1, tower.StageOf("trunk.stages.0.blocks.0.layer_scale.gamma"));
        Assert.Equal(5, tower.StageOf("trunk.stages.4.downsample.proj.0.large_conv.conv.weight"));
        Assert.Equal(5, tower.StageOf("trunk.final_conv.se.fc1.weight"));
        Assert.Equal(6, tower.StageOf("trunk.head.fc.weight"));
    }

    [Fact]
    public void StageOf_TextTowerWithConvolutions_FollowsItsBlocks()
    {
        using var network = TinyConfig.Create(TinyConfig.MobileClip);
        var tower = network.Text;

        Assert.Equal(6, tower.StageCount);
        Assert.Equal(0, tower.StageOf("token_embedding.weight"));
        Assert.Equal(0, tower.StageOf("positional_embedding"));
        Assert.Equal(1, tower.StageOf("first_mixer.mlp.fc1.weight"));
        Assert.Equal(2, tower.StageOf("transformer.resblocks.0.ln_1.bias"));
        Assert.Equal(3, tower.StageOf("transformer.resblocks.1.mlp.c_fc.weight"));
        Assert.Equal(4, tower.StageOf("last_mixer.layer_scale.gamma"));
        Assert.Equal(4, tower.StageOf("ln_final.weight"));
        Assert.Equal(5, tower.StageOf("text_projection"));
    }

    [Fact]
    public void GetAdaptableMatrices_AreThoseOfAttention()
    {
        using var network = TinyConfig.Create(TinyConfig.FastVit);

        var matrices = network.Image.GetAdaptableMatrices();

        // Two matrices in each of the three blocks that attend.
        Assert.Equal(6, matrices.Count);
        Assert.All(matrices, matrix => Assert.Equal(MatrixRole.Attention, matrix.Role));
        Assert.Equal(["q", "k", "v"], matrices[0].Parts);
    }

    [Fact]
    public void Load_OtherContextLength_InterpolatesPositions()
    {
        using var scope = NewDisposeScope();
        using var noGradients = no_grad();
        using var network = TinyConfig.Create(TinyConfig.MobileClip);
        network.Export(_folder.Path, WeightLayout.Native);

        using var longer = DualEncoder.Load(_folder.Path, new LoadOptions { ContextLength = 20 });

        Assert.Equal([20, 16], longer.Text.state_dict()["positional_embedding"].shape);
        Assert.Equal([2, 24], longer.EncodeTexts(TinyConfig.Tokens(longer.Config, count: 2)).shape);
    }

    [Fact]
    public void Constructor_Weights_HaveTimmsDeviation()
    {
        using var scope = NewDisposeScope();
        using var network = TinyConfig.Create(TinyConfig.FastVit);
        var state = network.Image.state_dict();

        Assert.Equal(0.02, state["trunk.stages.4.blocks.0.mlp.fc1.weight"].std().item<float>(), 1e-3);
        Assert.Equal(0.02, state["trunk.stages.3.blocks.1.token_mixer.qkv.weight"].std().item<float>(), 2e-3);
        Assert.Equal(0.02, state["trunk.head.fc.weight"].std().item<float>(), 2e-3);
    }

    [Theory]
    [InlineData("Widths", """{"embed_dims": [16, 16, 32]}""")]
    [InlineData("Widths[3]", """{"embed_dims": [16, 16, 32, 40]}""")]
    [InlineData("Widths[1]", """{"embed_dims": [16, 24, 24, 96]}""")]
    [InlineData("Widths[0]", """{"embed_dims": [0, 16, 32, 64]}""")]
    [InlineData("Blocks[2]", """{"layers": [1, 1, 2000000000, 1]}""")]
    [InlineData("Blocks", """{"layers": [1, 1, 1, 1, 1, 1]}""")]
    [InlineData("mlp_ratios", """{"mlp_ratios": [4, 4, 4, 4]}""")]
    [InlineData("layers", """{"layers": ["1"]}""")]
    public void Read_HostileSetting_IsRefusedByName(string setting, string sizes) => HostileTimmConfig.RequireRefused(_folder, setting, "fastvit_mci0", "avg", sizes);

    [Fact]
    public void Read_OtherPooling_IsRefusedByName() => HostileTimmConfig.RequireRefused(_folder, "timm_pool", "fastvit_mci0", "max", "{}");

    private static double Millions(nn.Module tower) => tower.parameters().Sum(parameter => parameter.numel()) / 1e6;
}
