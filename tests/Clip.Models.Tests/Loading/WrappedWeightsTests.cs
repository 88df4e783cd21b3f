using Clip.Checkpoints;

namespace Clip.Models.Tests.Loading;

/// <summary>Checkpoints as training programs write them, with the model somewhere inside.</summary>
public sealed class WrappedWeightsTests : IDisposable
{
    private const string OptimizerState = "optimizer.state.0.exp_avg";

    private static readonly DualEncoderConfig Config = TinyConfig.VisionTransformer;

    private readonly TemporaryFolder _folder = new();
    private readonly DualEncoder _network = TinyConfig.Create(Config);

    private string Weights => _folder.File("weights.safetensors");

    public void Dispose()
    {
        _network.Dispose();
        _folder.Dispose();
    }

    [Theory]
    [InlineData("module.")]
    [InlineData("_orig_mod.")]
    [InlineData("module._orig_mod.")]
    [InlineData("_fsdp_wrapped_module.")]
    [InlineData("state_dict.module.", OptimizerState)]
    [InlineData("state_dict.", "queue")]
    [InlineData("model_state_dict.", OptimizerState)]
    [InlineData("model.", OptimizerState)]
    [InlineData("model.module.", OptimizerState, "scaler.scale", "rng_state.0")]
    [InlineData("module.", OptimizerState)]
    [InlineData("ema.")]
    [InlineData("ema.module.")]
    [InlineData("ema_state_dict.")]
    [InlineData("model_ema.")]
    [InlineData("state_dict_ema.")]
    [InlineData("state_dict.model.", "optimizer_states.0.state.0.exp_avg", "state_dict.loss.temperature")]
    [InlineData("state_dict.clip_model.", "callbacks.best_score")]
    [InlineData("state_dict.model._orig_mod.")]
    public void Load_WrappedNames_AreUnwrapped(string prefix, params string[] others)
    {
        Write(name => [prefix + name], others);

        AssertLoads(new LoadOptions { Config = Config });
    }

    [Theory]
    [InlineData("_fsdp_wrapped_module")]
    [InlineData("_orig_mod")]
    [InlineData("_checkpoint_wrapped_module")]
    public void Load_WrappedBlocks_AreUnwrapped(string wrapper)
    {
        Write(name => [name.Replace("resblocks.0.", $"resblocks.0.{wrapper}.", StringComparison.Ordinal)]);

        AssertLoads(new LoadOptions { Config = Config });
    }

    [Theory]
    [InlineData("state_dict", "state_dict_ema")]
    [InlineData("model", "model_ema")]
    [InlineData("model_state_dict", "ema_state_dict")]
    [InlineData("state_dict.model", "state_dict.ema")]
    public void Load_ModelAndAverage_AreNotChosenBetween(string model, string average)
    {
        Write(name => [$"{model}.{name}", $"{average}.{name}"]);

        var error = Assert.Throws<CheckpointException>(() => DualEncoder.Load(Weights, new LoadOptions { Config = Config }));

        Assert.Contains($"'{model}' (", error.Message, StringComparison.Ordinal);
        Assert.Contains($"'{average}' (", error.Message, StringComparison.Ordinal);
        Assert.Contains("a moving average", error.Message, StringComparison.Ordinal);
        Assert.Contains(nameof(LoadOptions.WeightsKey), error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', error.Message);
    }

    [Fact]
    public void Load_WeightsKey_TakesThoseWeights()
    {
        using var scope = NewDisposeScope();
        Write(name => [$"model.{name}", $"ema.module.{name}"]);
        Rewrite(tensors => tensors["model.visual.conv1.weight"] = zeros_like(tensors["model.visual.conv1.weight"]));

        AssertLoads(new LoadOptions { Config = Config, WeightsKey = "ema" });
        AssertLoads(new LoadOptions { Config = Config, WeightsKey = "ema.module." });
        using var other = DualEncoder.Load(Weights, new LoadOptions { Config = Config, WeightsKey = "model" });
        Assert.Equal(0, other.state_dict()["visual.conv1.weight"].abs().sum().item<float>());
    }

    [Fact]
    public void Load_WeightsKeyWithNothingBehind_SaysWhatThereIs()
    {
        Write(name => [$"model.{name}", $"ema.{name}"]);

        var error = Assert.Throws<CheckpointException>(() => DualEncoder.Load(Weights, new LoadOptions { Config = Config, WeightsKey = "averaged" }));

        Assert.Contains("begin with 'averaged.'", error.Message, StringComparison.Ordinal);
        Assert.Contains("'model'", error.Message, StringComparison.Ordinal);
        Assert.Contains("'ema'", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("student", true)]
    [InlineData("student", false)]
    [InlineData("state_dict.student", true)]
    [InlineData("network.backbone", true)]
    public void Load_UnknownWrapper_IsNamedInOneLine(string wrapper, bool hasConfig)
    {
        Write(name => [$"{wrapper}.{name}"]);
        var options = hasConfig ? new LoadOptions { Config = Config } : new LoadOptions { Activation = Activation.QuickGelu };

        var error = Assert.Throws<CheckpointException>(() => DualEncoder.Load(Weights, options));

        Assert.Contains($"'{wrapper}'", error.Message, StringComparison.Ordinal);
        Assert.Contains(nameof(LoadOptions.WeightsKey), error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("missing", error.Message, StringComparison.Ordinal);
        AssertLoads(new LoadOptions { Config = Config, WeightsKey = wrapper });
    }

    [Theory]
    [InlineData("model.", "head.weight", "model")]
    [InlineData("clip_model.", "classifier.bias", "clip_model")]
    [InlineData("state_dict.model.", "state_dict.teacher.weight", "state_dict.model")]
    public void Load_PartOfALargerModule_IsNotTakenInSilence(string prefix, string other, string key)
    {
        Write(name => [prefix + name], other);

        var error = Assert.Throws<CheckpointException>(() => DualEncoder.Load(Weights, new LoadOptions { Config = Config }));

        Assert.Contains($"'{other}'", error.Message, StringComparison.Ordinal);
        AssertLoads(new LoadOptions { Config = Config, WeightsKey = key });
    }

    [Fact]
    public void Load_SameNameBehindTwoWrappers_IsRefused()
    {
        Write(name => [name], "visual._orig_mod.proj");

        var error = Assert.Throws<CheckpointException>(() => DualEncoder.Load(Weights, new LoadOptions { Config = Config }));

        Assert.Contains("'visual.proj' twice", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Load_NamesOfEndlessWrappers_AreRefusedWithoutEndlessWork()
    {
        // Taken off one by one, or compared ending by ending, this name alone would take 10^12 steps.
        var name = string.Concat(Enumerable.Repeat("model.", 1_000_000)) + "x";
        Rewrite(tensors =>
        {
            tensors.Clear();
            tensors[name] = zeros(1);
        });

        Assert.Throws<CheckpointMismatchException>(() => DualEncoder.Load(Weights, new LoadOptions { Config = Config }));
    }

    private void AssertLoads(LoadOptions options)
    {
        using var loaded = DualEncoder.Load(Weights, options);
        using var expected = Embed(_network);
        using var actual = Embed(loaded);
        TensorAssert.BitEqual(expected, actual);
    }

    private static Tensor Embed(DualEncoder network)
    {
        using var noGradients = no_grad();
        return network.EncodeImages(TinyConfig.Pixels(Config, 2));
    }

    private void Write(Func<string, string[]> wrap, params string[] others) => Rewrite(tensors =>
    {
        foreach (var (name, tensor) in tensors.ToArray())
        {
            tensors.Remove(name);
            foreach (var wrapped in wrap(name))
                tensors[wrapped] = tensor;
        }
        foreach (var other in others)
            tensors[other] = zeros(3);
    });

    private void Rewrite(Action<Dictionary<string, Tensor>> change)
    {
        if (!File.Exists(Weights))
            _network.ExportWeights(Weights, WeightLayout.Native);
        WeightsFile.Rewrite(Weights, change);
    }
}
