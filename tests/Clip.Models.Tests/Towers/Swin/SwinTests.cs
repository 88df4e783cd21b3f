using Clip.Models.Tests.Towers.Timm;

namespace Clip.Models.Tests.Towers.Swin;

public sealed class SwinTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("timm_swin")]
    [InlineData("timm_swin_padded")]
    public void EncodeImages_RecordedWeights_EqualsTheOriginal(string name) => RecordedTower.RequireParity(name);

    [Theory]
    [InlineData(4, 4, 2, false)]
    [InlineData(6, 4, 2, true)]
    [InlineData(7, 5, 3, true)]
    [InlineData(3, 8, 4, true)]
    public void Join_SplitPlaces_AreAsBefore(int height, int width, int window, bool isShifted)
    {
        using var scope = NewDisposeScope();
        var windows = new SwinWindows(new ImageSize(height, width), window, isShifted);
        var x = randn(2, height, width, 3);

        TensorAssert.BitEqual(x, windows.Join(windows.Split(x)));
    }

    // Places that were apart before the shift do not see each other, those of one part do.
    [Fact]
    public void Mask_ShiftedWindows_HideWhatTheShiftBringsTogether()
    {
        using var scope = NewDisposeScope();
        var windows = new SwinWindows(new ImageSize(4, 4), window: 2, isShifted: true);

        var mask = windows.Mask();

        Assert.Equal([4, 1, 4, 4], mask.shape);
        TensorAssert.BitEqual(zeros(4, 4), mask[0, 0]);
        TensorAssert.BitEqual(tensor(new float[,] { { 0, -100, 0, -100 }, { -100, 0, -100, 0 }, { 0, -100, 0, -100 }, { -100, 0, -100, 0 } }), mask[1, 0]);
        TensorAssert.BitEqual(zeros(4, 4).masked_fill(eye(4).eq(0), -100), mask[3, 0]);
    }

    [Fact]
    public void StageOf_EveryParameter_FollowsTheBlocks()
    {
        using var network = TinyConfig.Create(TinyConfig.Swin);
        var tower = network.Image;

        Assert.Equal(7, tower.StageCount);
        Assert.Equal(0, tower.StageOf("trunk.patch_embed.norm.bias"));
        Assert.Equal(2, tower.StageOf("trunk.layers.0.blocks.1.attn.relative_position_bias_table"));
        Assert.Equal(3, tower.StageOf("trunk.layers.1.downsample.reduction.weight"));
        Assert.Equal(3, tower.StageOf("trunk.layers.1.blocks.0.norm1.bias"));
        Assert.Equal(5, tower.StageOf("trunk.norm.bias"));
        Assert.Equal(6, tower.StageOf("trunk.head.weight"));
    }

    [Fact]
    public void GetAdaptableMatrices_AreThoseOfAllBlocks()
    {
        using var network = TinyConfig.Create(TinyConfig.Swin);

        var matrices = network.Image.GetAdaptableMatrices();

        Assert.Equal(5 * 4, matrices.Count);
        Assert.Equal(5 * 2, matrices.Count(matrix => matrix.Role == MatrixRole.Mlp));
    }

    // Larger images have more windows of the same size; where a stage was smaller than a window, its table was too.
    [Fact]
    public void Load_AnotherResolution_KeepsTheWeights()
    {
        using var scope = NewDisposeScope();
        using var noGradients = no_grad();
        using var network = TinyConfig.Create(TinyConfig.WholeSwin with { Image = (SwinConfig)TinyConfig.WholeSwin.Image with { Resolution = 32 } });
        network.Export(_folder.Path, WeightLayout.Native);

        using var larger = DualEncoder.Load(_folder.Path, new LoadOptions { Resolution = 64 });

        Assert.Equal([1, 64, 32], larger.Image.GetTokens(randn(1, 3, 64, 64)).shape);
        var weights = larger.state_dict();
        Assert.All(network.state_dict(), entry => TensorAssert.BitEqual(entry.Value, weights[entry.Key]));
    }

    [Fact]
    public void Load_ResolutionWithOtherWindows_IsRefusedWithTheReason()
    {
        using var network = TinyConfig.Create(TinyConfig.WholeSwin);
        network.Export(_folder.Path, WeightLayout.Native);

        var error = Assert.Throws<ArgumentException>(() => DualEncoder.Load(_folder.Path, new LoadOptions { Resolution = 64 }));

        Assert.Contains("windows of 4x2", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void PackForInference_Int8OfPaddedWindows_IsRefusedWithTheReason()
    {
        using var network = TinyConfig.Create(TinyConfig.Swin);

        Assert.Contains("do not fill an image", Assert.Throws<NotSupportedException>(() => network.PackForInference(WeightQuantization.Int8)).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Heads", """{"num_heads": [4, 8, 16]}""")]
    [InlineData("Heads", """{"num_heads": [4, 8, 16, 3]}""")]
    [InlineData("Blocks", """{"depths": [2, 2, 2000000000, 2]}""")]
    [InlineData("Width", """{"embed_dim": 2000000000}""")]
    [InlineData("Window", """{"window_size": 0}""")]
    [InlineData("Resolution", """{"patch_size": 3}""")]
    [InlineData("always_partition", """{"always_partition": true}""")]
    public void Read_HostileSetting_IsRefusedByName(string setting, string sizes) =>
        HostileTimmConfig.RequireRefused(_folder, setting, "swin_base_patch4_window7_224", "avg", sizes);

    [Fact]
    public void Read_OtherPooling_IsRefusedByName() => HostileTimmConfig.RequireRefused(_folder, "timm_pool", "swin_base_patch4_window7_224", "token", "{}");
}
