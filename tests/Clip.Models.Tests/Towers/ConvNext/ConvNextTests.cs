using Clip.Models.Tests.Towers.Timm;

namespace Clip.Models.Tests.Towers.ConvNext;

public sealed class ConvNextTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(32, 32, 1)]
    [InlineData(64, 96, 6)]
    [InlineData(75, 40, 2)]
    public void GetTokens_AnyResolution_HasOnePerWholeStride(int height, int width, int places)
    {
        using var scope = NewDisposeScope();
        using var noGradients = no_grad();
        using var network = TinyConfig.Create(TinyConfig.ConvNext);
        network.Export(_folder.Path, WeightLayout.Native);
        using var resized = DualEncoder.Load(_folder.Path, new LoadOptions { Resolution = new ImageSize(height, width) });

        Assert.Equal([2, places, 20], resized.Image.GetTokens(randn(2, 3, height, width)).shape);
    }

    [Fact]
    public void StageOf_EveryParameter_FollowsTheBlocks()
    {
        using var network = TinyConfig.Create(TinyConfig.ConvNext);
        var tower = network.Image;

        Assert.Equal(7, tower.StageCount);
        Assert.Equal(0, tower.StageOf("trunk.stem.0.weight"));
        Assert.Equal(1, tower.StageOf("trunk.stages.0.blocks.0.gamma"));
        Assert.Equal(3, tower.StageOf("trunk.stages.2.downsample.1.bias"));
        Assert.Equal(3, tower.StageOf("trunk.stages.2.blocks.0.norm.bias"));
        Assert.Equal(4, tower.StageOf("trunk.stages.2.blocks.1.conv_dw.weight"));
        Assert.Equal(6, tower.StageOf("trunk.head.norm.weight"));
        Assert.Equal(6, tower.StageOf("head.mlp.fc1.weight"));
    }

    [Fact]
    public void GetAdaptableMatrices_AreTheLinearLayersOfAllBlocks()
    {
        using var network = TinyConfig.Create(TinyConfig.ConvNext);

        var matrices = network.Image.GetAdaptableMatrices();

        Assert.Equal(10, matrices.Count);
        Assert.All(matrices, matrix => Assert.Equal(MatrixRole.Mlp, matrix.Role));
    }

    [Fact]
    public void ResponseNorm_Channels_AreScaledByTheirShareOfTheLength()
    {
        using var scope = NewDisposeScope();
        using var noGradients = no_grad();
        using var norm = new ResponseNorm(TowerCheck.NewWeights(), channels: 2);
        var state = norm.state_dict();
        state["weight"].copy_(tensor(new[] { 2f, 3f }));
        state["bias"].copy_(tensor(new[] { 10f, 20f }));

        // Lengths over the image are 5 and 15, their mean 10.
        var x = tensor(new[] { 3f, 9f, 4f, 12f }).view(1, 1, 2, 2);

        TensorAssert.Close(tensor(new[] { 3 + 10 + (2 * 3 * 0.5f), 9 + 20 + (3 * 9 * 1.5f), 4 + 10 + (2 * 4 * 0.5f), 12 + 20 + (3 * 12 * 1.5f) }).view(1, 1, 2, 2), norm.call(x), 1e-4);
    }

    [Fact]
    public void Export_SecondVersion_LoadsTheSame()
    {
        var config = TinyConfig.ConvNext with { Image = (ConvNextConfig)TinyConfig.ConvNext.Image with { LayerScale = null, ResponseNorm = true } };
        using var scope = NewDisposeScope();
        using var noGradients = no_grad();
        using var network = TinyConfig.Create(config);
        network.Export(_folder.Path, WeightLayout.Native);
        using var loaded = DualEncoder.Load(_folder.Path);
        var pixels = TinyConfig.Pixels(config, 2);

        Assert.Equal(config, loaded.Config);
        TensorAssert.BitEqual(network.EncodeImages(pixels), loaded.EncodeImages(pixels));
        Assert.Contains("trunk.stages.0.blocks.0.mlp.grn.weight", network.Image.state_dict().Keys);
    }

    [Fact]
    public void EncodeImages_OwnClassifier_IsTheProjection()
    {
        var config = TinyConfig.ConvNext with { Image = (ConvNextConfig)TinyConfig.ConvNext.Image with { Head = new(TimmProjection.Classifier, Bias: true) } };
        using var scope = NewDisposeScope();
        using var noGradients = no_grad();
        using var network = TinyConfig.Create(config);
        network.Export(_folder.Path, WeightLayout.Native);
        using var loaded = DualEncoder.Load(_folder.Path);
        var pixels = TinyConfig.Pixels(config, 2);
        var classifier = network.Image.state_dict();

        var expected = nn.functional.linear(network.Image.GetFeatures(pixels), classifier["trunk.head.fc.weight"], classifier["trunk.head.fc.bias"]);
        TensorAssert.Close(expected, network.EncodeImages(pixels), 1e-6);
        TensorAssert.BitEqual(network.EncodeImages(pixels), loaded.EncodeImages(pixels));
    }

    [Fact]
    public void Constructor_Weights_HaveTimmsDeviation()
    {
        var config = TinyConfig.ConvNext with { Image = (ConvNextConfig)TinyConfig.ConvNext.Image with { Widths = [64, 64, 64, 64] } };
        using var scope = NewDisposeScope();
        using var network = TinyConfig.Create(config);
        var state = network.Image.state_dict();

        Assert.Equal(0.02, state["trunk.stages.0.blocks.0.mlp.fc1.weight"].std().item<float>(), 1e-3);
        Assert.Equal(0.02, state["trunk.stages.1.downsample.1.weight"].std().item<float>(), 1e-3);
    }

    [Theory]
    [InlineData("Widths", """{"depths": [1, 1, 1]}""")]
    [InlineData("Blocks", """{"depths": [1, 1, 2000000000, 1]}""")]
    [InlineData("Widths", """{"dims": [0, 1, 1, 1]}""")]
    [InlineData("NormEpsilon", """{"norm_eps": 2}""")]
    [InlineData("kernel_sizes", """{"kernel_sizes": 5}""")]
    [InlineData("depths", """{"depths": ["1"]}""")]
    public void Read_HostileSetting_IsRefusedByName(string setting, string sizes) => HostileTimmConfig.RequireRefused(_folder, setting, "convnext_base", "avg", sizes);

    [Fact]
    public void Read_OtherPooling_IsRefusedByName() => HostileTimmConfig.RequireRefused(_folder, "timm_pool", "convnext_base", "max", "{}");
}
