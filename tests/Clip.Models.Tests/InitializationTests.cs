namespace Clip.Models.Tests;

/// <summary>Fresh weights against the distributions of the original code (openai/CLIP, initialize_parameters, and PyTorch's defaults).</summary>
public sealed class InitializationTests
{
    private static readonly DualEncoderConfig Config = TinyConfig.VisionTransformer with
    {
        EmbeddingSize = 128,
        Image = (VisionTransformerConfig)TinyConfig.VisionTransformer.Image with { Transformer = Wide(256) },
        Text = TinyConfig.VisionTransformer.ClipText() with { VocabularySize = 2000, Transformer = Wide(128) },
    };

    // Deviation of a uniform distribution on ±bound.
    private static double Uniform(double bound) => bound / Math.Sqrt(3);

    public static TheoryData<string, double> Deviations => new()
    {
        { "text.token_embedding.weight", 0.02 },
        { "text.positional_embedding", 0.01 },
        { "text.text_projection", 1 / Math.Sqrt(128) },
        { "text.transformer.resblocks.1.attn.in_proj_weight", 1 / Math.Sqrt(128) },
        { "text.transformer.resblocks.1.attn.out_proj.weight", 1 / Math.Sqrt(128 * 2 * 2) },
        { "text.transformer.resblocks.1.mlp.c_fc.weight", 1 / Math.Sqrt(2 * 128) },
        { "text.transformer.resblocks.1.mlp.c_proj.weight", 1 / Math.Sqrt(128 * 2 * 2) },
        { "text.transformer.resblocks.1.mlp.c_fc.bias", Uniform(1 / Math.Sqrt(128)) },
        { "visual.class_embedding", 1 / Math.Sqrt(256) },
        { "visual.positional_embedding", 1 / Math.Sqrt(256) },
        { "visual.proj", 1 / Math.Sqrt(256) },
        { "visual.conv1.weight", Uniform(1 / Math.Sqrt(3 * 8 * 8)) },
        { "visual.transformer.resblocks.0.attn.in_proj_weight", Uniform(Math.Sqrt(6.0 / (256 + (3 * 256)))) },
        { "visual.transformer.resblocks.0.attn.out_proj.weight", Uniform(1 / Math.Sqrt(256)) },
        { "visual.transformer.resblocks.0.mlp.c_proj.weight", Uniform(1 / Math.Sqrt(4 * 256)) },
    };

    [Theory]
    [MemberData(nameof(Deviations))]
    public void Constructor_Weight_HasTheOriginalsDeviation(string name, double expected)
    {
        using var scope = NewDisposeScope();
        using var network = TinyConfig.Create(Config);
        var weight = network.state_dict()[name].detach();

        // Six standard errors of a deviation over n draws.
        var error = 6 * expected / Math.Sqrt(2.0 * weight.numel());
        Assert.Equal(expected, weight.std().item<float>(), error);
        Assert.Equal(0, weight.mean().item<float>(), 6 * expected / Math.Sqrt(weight.numel()));
    }

    [Fact]
    public void Constructor_AttentionBiasesAndNorms_AreZeroAndIdentity()
    {
        using var scope = NewDisposeScope();
        using var network = TinyConfig.Create(Config);
        foreach (var (name, weight) in network.state_dict())
        {
            var parts = name.Split('.');
            if (name.EndsWith("in_proj_bias", StringComparison.Ordinal) || name.EndsWith("out_proj.bias", StringComparison.Ordinal))
                Assert.Equal(0, weight.abs().max().item<float>());
            else if (parts is [.., var layer, "weight"] && layer.StartsWith("ln_", StringComparison.Ordinal))
                TensorAssert.BitEqual(ones_like(weight), weight);
        }
        Assert.Equal(Math.Log(1 / 0.07), network.state_dict()["logit_scale"].item<float>(), 1e-6);
    }

    [Fact]
    public void Constructor_ResNet_StartsItsBlocksAsShortcuts()
    {
        using var scope = NewDisposeScope();
        using var network = TinyConfig.Create(TinyConfig.ResNet);
        var state = network.state_dict();
        var gains = state.Where(entry => entry.Key.Contains(".layer", StringComparison.Ordinal) && entry.Key.EndsWith("bn3.weight", StringComparison.Ordinal)).ToArray();

        Assert.Equal(5, gains.Length);
        Assert.All(gains, gain => Assert.Equal(0, gain.Value.abs().max().item<float>()));
        Assert.Equal(1 / Math.Sqrt(256), state["visual.attnpool.q_proj.weight"].std().item<float>(), 1e-3);
        Assert.Equal(1 / Math.Sqrt(256), state["visual.attnpool.positional_embedding"].std().item<float>(), 1e-2);
    }

    [Fact]
    public void Constructor_SameSeed_GivesTheSameWeightsAndAllFinite()
    {
        foreach (var config in TinyConfig.All.Values)
        {
            using var scope = NewDisposeScope();
            using var first = TinyConfig.Create(config, seed: 7);
            using var second = TinyConfig.Create(config, seed: 7);
            var again = second.state_dict();
            foreach (var (name, weight) in first.state_dict())
            {
                TensorAssert.BitEqual(weight, again[name]);
                Assert.True(weight.isfinite().all().item<bool>(), name);
            }
        }
    }

    private static TransformerConfig Wide(int width) => new() { Width = width, Layers = 2, Heads = 2, Activation = Activation.QuickGelu };
}
