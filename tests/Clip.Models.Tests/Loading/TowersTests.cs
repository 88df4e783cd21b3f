using Clip.Checkpoints;
using Clip.Kernels.Float32.Memory;
using LoadedTowers = Clip.Models.Towers;

namespace Clip.Models.Tests.Loading;

public sealed class TowersTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public TowersTests()
    {
        using var network = TinyConfig.Create(TinyConfig.VisionTransformer);
        network.ExportWeights(Weights, WeightLayout.Native);
    }

    private string Weights => _folder.File("weights.safetensors");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void LoadForInference_ImageTower_EmbedsImagesToTheBitAndNoTexts()
    {
        using var scope = NewDisposeScope();
        using var whole = Load(LoadedTowers.Both);
        using var part = Load(LoadedTowers.Image);
        var pixels = rand(2, 3, whole.Config.Image.Resolution.Height, whole.Config.Image.Resolution.Width);

        Assert.True(whole.EncodeImages(pixels).equal(part.EncodeImages(pixels)).all().item<bool>());
        Assert.Equal(whole.GetLogitScale().item<float>(), part.GetLogitScale().item<float>());
        var exception = Assert.Throws<InvalidOperationException>(() => part.EncodeTexts(zeros(1, 8, ScalarType.Int64)));
        Assert.Contains("without its text tower", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void LoadForInference_TextTower_EmbedsTextsToTheBitAndNoImages()
    {
        using var scope = NewDisposeScope();
        using var whole = Load(LoadedTowers.Both);
        using var part = Load(LoadedTowers.Text);
        var tokens = randint(0, whole.Config.Text.VocabularySize, [2, whole.Config.Text.ContextLength], ScalarType.Int64);

        Assert.True(whole.EncodeTexts(tokens).equal(part.EncodeTexts(tokens)).all().item<bool>());
        var exception = Assert.Throws<InvalidOperationException>(() => part.EncodeImages(zeros(1, 3, 32, 32)));
        Assert.Contains("without its image tower", exception.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(LoadedTowers.Image, "text_projection")]
    [InlineData(LoadedTowers.Text, "visual.conv1.weight")]
    public void LoadForInference_OneTower_DoesNotReadTheOther(LoadedTowers towers, string damaged)
    {
        Rewrite(tensors => tensors[damaged] = tensors[damaged].clone().fill_(float.NaN));

        Load(towers).Dispose();

        Assert.Throws<CheckpointException>(() => Load(LoadedTowers.Both));
    }

    [Fact]
    public void LoadForInference_OneTowerOfAFileWithoutTheOther_SaysWhatIsMissing()
    {
        Rewrite(tensors => tensors.Remove("text_projection"));

        var exception = Assert.Throws<CheckpointMismatchException>(() => Load(LoadedTowers.Image));

        Assert.Equal(["text_projection"], exception.MissingKeys);
    }

    [Theory]
    [InlineData(LoadedTowers.Image)]
    [InlineData(LoadedTowers.Text)]
    public void LoadForInference_OneTower_TakesLessMemoryAndGivesAllBack(LoadedTowers towers)
    {
        LiveTensors.Count();
        var before = NativeFloats.LiveBytes;
        long Bytes(LoadedTowers loaded)
        {
            using var network = Load(loaded);
            return NativeFloats.LiveBytes - before;
        }

        Assert.True(Bytes(towers) < Bytes(LoadedTowers.Both));
        LiveTensors.Count();
        Assert.Equal(before, NativeFloats.LiveBytes);
    }

    [Fact]
    public void Load_OneTower_NamesWhatLoadsIt()
    {
        var exception = Assert.Throws<ArgumentException>(() => DualEncoder.Load(Weights, Options(LoadedTowers.Text)));

        Assert.Contains("TextTower.Load", exception.Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => Load(0));
    }

    private static LoadOptions Options(LoadedTowers towers) => new() { Config = TinyConfig.VisionTransformer, Towers = towers };

    private PackedDualEncoder Load(LoadedTowers towers) => DualEncoder.LoadForInference(Weights, Options(towers));

    private void Rewrite(Action<Dictionary<string, Tensor>> change) => WeightsFile.Rewrite(Weights, change);
}
