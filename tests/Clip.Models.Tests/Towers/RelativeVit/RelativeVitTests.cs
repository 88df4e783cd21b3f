using Clip.Models.Tests.Towers.Timm;

namespace Clip.Models.Tests.Towers.RelativeVit;

public sealed class RelativeVitTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void EncodeImages_RecordedWeights_EqualsTheOriginal() => RecordedTower.RequireParity("timm_vit_relpos");

    // Places of the same displacement add the same, the class token nothing.
    [Fact]
    public void GetBias_Displacements_AreWhatCounts()
    {
        using var scope = NewDisposeScope();
        using var noGradients = no_grad();
        using var positions = new RelativePositions(TowerCheck.NewWeights(), new ImageSize(2, 3), hidden: 4, heads: 2);
        foreach (var parameter in positions.parameters())
            nn.init.normal_(parameter);

        var bias = positions.GetBias();

        Assert.Equal([1, 2, 7, 7], bias.shape);
        TensorAssert.BitEqual(zeros(2, 7), bias[0].select(1, 0));
        TensorAssert.BitEqual(zeros(2, 7), bias[0].select(2, 0));
        TensorAssert.BitEqual(bias[0].select(1, 1).select(1, 2), bias[0].select(1, 5).select(1, 6));     // one to the right
        TensorAssert.BitEqual(bias[0].select(1, 1).select(1, 5), bias[0].select(1, 2).select(1, 6));     // one down and one to the right
        Assert.False(bias[0].select(1, 1).select(1, 2).equal(bias[0].select(1, 2).select(1, 1)).all().item<bool>());
    }

    [Fact]
    public void StageOf_EveryParameter_FollowsTheBlocks()
    {
        using var network = TinyConfig.Create(TinyConfig.RelativeVit);
        var tower = network.Image;

        Assert.Equal(4, tower.StageCount);
        Assert.Equal(0, tower.StageOf("trunk.embed.class_embedding"));
        Assert.Equal(2, tower.StageOf("trunk.blocks.1.ln_1.bias"));
        Assert.Equal(2, tower.StageOf("trunk.rel_pos.1.fc2.bias"));
        Assert.Equal(2, tower.StageOf("trunk.norm.bias"));
        Assert.Equal(3, tower.StageOf("head.proj.weight"));
    }

    [Fact]
    public void Load_AnotherResolution_KeepsTheWeights()
    {
        using var scope = NewDisposeScope();
        using var noGradients = no_grad();
        using var network = TinyConfig.Create(TinyConfig.RelativeVit);
        network.Export(_folder.Path, WeightLayout.Native);

        using var larger = DualEncoder.Load(_folder.Path, new LoadOptions { Resolution = 64 });

        Assert.Equal([1, 65, 32], larger.Image.GetTokens(randn(1, 3, 64, 64)).shape);
        var weights = larger.state_dict();
        Assert.All(network.state_dict(), entry => TensorAssert.BitEqual(entry.Value, weights[entry.Key]));
    }

    [Theory]
    [InlineData("Heads", """{"num_heads": 7}""")]
    [InlineData("Layers", """{"depth": 2000000000}""")]
    [InlineData("PositionWidth", """{"rel_pos_dim": 0}""")]
    [InlineData("PatchSize", """{"patch_size": 15}""")]
    [InlineData("shared_rel_pos", """{"shared_rel_pos": true}""")]
    public void Read_HostileSetting_IsRefusedByName(string setting, string sizes) =>
        HostileTimmConfig.RequireRefused(_folder, setting, "vit_relpos_medium_patch16_cls_224", "token", sizes);
}
