using Clip.Checkpoints;

namespace Clip.Models.Tests.Loading;

/// <summary>Well-formed files whose tensors are not those of a model.</summary>
public sealed class HostileWeightsTests
{
    private static readonly LoadOptions Options = new() { Activation = Activation.QuickGelu };

    [Fact]
    public void Load_Good_Embeds()
    {
        using var network = DualEncoder.Load(Path("good"), Options);
        using var noGradients = no_grad();
        using var embeddings = network.EncodeTexts(ones(1, network.Config.Text.ContextLength, dtype: ScalarType.Int64));
        Assert.True(embeddings.isfinite().all().item<bool>());
    }

    [Theory]
    [InlineData("missing_key", "ln_final.bias")]
    [InlineData("extra_key", "visual.transformer.resblocks.0.attn.evil_extra")]
    [InlineData("wrong_shape", "text_projection")]
    public void Load_OtherTensors_IsAMismatchThatNamesThem(string file, string key)
    {
        using var good = DualEncoder.Load(Path("good"), Options);

        var exception = Assert.Throws<CheckpointMismatchException>(() => DualEncoder.Load(Path(file), new LoadOptions { Config = good.Config }));

        Assert.Contains(key, exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Load_NaN_IsRefusedByName()
    {
        var exception = Assert.Throws<CheckpointException>(() => DualEncoder.Load(Path("nan_weights"), Options));

        Assert.Contains("visual.conv1.weight", exception.Message, StringComparison.Ordinal);
    }

    private static string Path(string name) => Fixtures.Find("hostile", "state_dict", $"{name}.safetensors");
}
