using Clip.Models.Tests.Towers.Timm;

namespace Clip.Models.Tests.Towers.ViTamin;

public sealed class ViTaminTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(32, 48, 6)]
    [InlineData(40, 64, 12)]
    public void Load_AnotherResolution_ResizesThePositions(int height, int width, int places)
    {
        using var scope = NewDisposeScope();
        using var noGradients = no_grad();
        using var network = TinyConfig.Create(TinyConfig.ViTamin);
        network.Export(_folder.Path, WeightLayout.Native);
        using var resized = DualEncoder.Load(_folder.Path, new LoadOptions { Resolution = new ImageSize(height, width) });

        var stored = network.Image.state_dict()["trunk.pos_embed"];
        var expected = PositionResizer.ResizeImage(stored.view(4, 32), 0, new ImageSize(2, 2), ((ViTaminConfig)resized.Config.Image).Grid);
        TensorAssert.BitEqual(expected.view(1, places, 32), resized.Image.state_dict()["trunk.pos_embed"]);
        Assert.Equal([2, places, 32], resized.Image.GetTokens(randn(2, 3, height, width)).shape);
    }

    [Fact]
    public void StageOf_EveryParameter_FollowsTheBlocks()
    {
        using var network = TinyConfig.Create(TinyConfig.ViTamin);
        var tower = network.Image;

        Assert.Equal(4, tower.StageCount);
        Assert.Equal(0, tower.StageOf("trunk.patch_embed.backbone.stages.1.0.conv1_1x1.weight"));
        Assert.Equal(0, tower.StageOf("trunk.pos_embed"));
        Assert.Equal(2, tower.StageOf("trunk.blocks.1.mlp.w0.weight"));
        Assert.Equal(3, tower.StageOf("trunk.fc_norm.bias"));
        Assert.Equal(3, tower.StageOf("head.proj.weight"));
    }

    [Fact]
    public void GetAdaptableMatrices_AreAllOfTheBlocks()
    {
        using var network = TinyConfig.Create(TinyConfig.ViTamin);

        var matrices = network.Image.GetAdaptableMatrices();

        Assert.Equal(2 * 5, matrices.Count);
        Assert.Equal(2 * 3, matrices.Count(matrix => matrix.Role == MatrixRole.Mlp));
    }

    [Theory]
    [InlineData("vitamin_large_336", 336)]
    [InlineData("vitamin_xlarge_384", 384)]
    public void WriteOpenClip_NamedSizes_HasTheirName(string name, int resolution)
    {
        File.WriteAllText(_folder.File("config.json"), HostileTimmConfig.Text(name, "avg", "{}", resolution));
        var config = DualEncoderConfig.Read(_folder.File("config.json"));

        var written = OpenClipConfigWriter.Write(config)["model_cfg"]!["vision_cfg"]!;

        Assert.Equal(name, (string?)written["timm_model_name"]);
        Assert.Null(written["timm_model_kwargs"]);
    }

    [Theory]
    [InlineData("Heads", """{"num_heads": 7}""")]
    [InlineData("Layers", """{"depth": 2000000000}""")]
    [InlineData("embed_cfg.embed_dim", """{"embed_cfg": {"embed_dim": [8, 16]}}""")]
    [InlineData("StageWidths", """{"embed_cfg": {"embed_dim": [8, -16, 768]}}""")]
    [InlineData("embed_cfg.head_type", """{"embed_cfg": {"head_type": "2d"}}""")]
    [InlineData("class_token", """{"class_token": true}""")]
    public void Read_HostileSetting_IsRefusedByName(string setting, string sizes) => HostileTimmConfig.RequireRefused(_folder, setting, "vitamin_base_224", "avg", sizes);

    [Fact]
    public void Read_OtherPooling_IsRefusedByName() => HostileTimmConfig.RequireRefused(_folder, "timm_pool", "vitamin_base_224", "token", "{}");
}
