namespace Clip.Models.Tests.Text;

/// <summary>What holds for the text towers of Hugging Face's library and open_clip's "modern" one alike.</summary>
public sealed class EncoderTextTests
{
    private static readonly Dictionary<string, DualEncoderConfig> Configs = TinyTexts.All.Concat(TinyTexts.Modern).ToDictionary();

    public static TheoryData<string> Kinds => new(Configs.Keys);

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Call_WithoutThePadding_EqualsPadded(string kind)
    {
        using var scope = NewDisposeScope();
        using var noGradients = no_grad();
        var config = Configs[kind];
        using var network = TinyConfig.Create(config);
        var tokens = TinyTexts.Tokens(config);

        var padded = network.EncodeTexts(tokens);

        Assert.True(config.Text.TakesShorterTexts);
        for (var row = 0; row < tokens.shape[0]; row++)
        {
            var count = config.Text.CountTokens(tokens[row].data<long>().ToArray());
            Assert.Equal(new[] { 3, 5, 8 }[row], count);
            TensorAssert.Close(padded.narrow(0, row, 1), network.EncodeTexts(tokens.narrow(0, row, 1).narrow(1, 0, count)), 1e-5);
        }
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void PackForInference_EqualsTheModules(string kind)
    {
        using var scope = NewDisposeScope();
        var config = Configs[kind];
        using var plain = TinyConfig.Create(config);
        using var packed = TinyConfig.CreatePacked(config);
        var tokens = TinyTexts.Tokens(config);

        TensorAssert.Close(plain.EncodeTexts(tokens).detach(), packed.EncodeTexts(tokens), 1e-5);
        TensorAssert.Close(plain.Text.GetTokens(tokens).detach(), packed.Text.GetTokens(tokens), 1e-5);
        TensorAssert.Close(plain.Text.GetFeatures(tokens).detach(), packed.Text.GetFeatures(tokens), 1e-5);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void EncodeTexts_Again_LeavesNoTensors(string kind)
    {
        using var scope = NewDisposeScope();
        using var noGradients = no_grad();
        var config = Configs[kind];
        using var plain = TinyConfig.Create(config);
        using var packed = TinyConfig.CreatePacked(config);
        var tokens = TinyTexts.Tokens(config);
        foreach (var network in (IDualEncoder[])[plain, packed])
        {
            network.EncodeTexts(tokens).Dispose();
            var before = LiveTensors.Count();

            network.EncodeTexts(tokens).Dispose();

            Assert.Equal(before, LiveTensors.Count());
        }
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void PackForInference_Int8_RoundsLinearLayers(string kind)
    {
        using var scope = NewDisposeScope();
        var config = Configs[kind];
        using var plain = TinyConfig.CreatePacked(config);
        using var packed = TinyConfig.CreatePacked(config, WeightQuantization.Int8);
        var tokens = TinyTexts.Tokens(config);

        var distance = (plain.EncodeTexts(tokens, normalize: true) - packed.EncodeTexts(tokens, normalize: true)).norm(1).max().item<float>();

        Assert.InRange(distance, 1e-6, 0.2);
    }
}
