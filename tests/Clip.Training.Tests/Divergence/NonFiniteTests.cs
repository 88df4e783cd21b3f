using Clip.Training.Divergence;
using Clip.Training.Schedules;
using Clip.Training.Tests.Support;

namespace Clip.Training.Tests.Divergence;

public sealed class NonFiniteTests
{
    private static readonly TrainerOptions Options = new() { Steps = 6, BatchSize = 4, Schedule = new ConstantSchedule(0.001, 0), MaxSkippedInARow = 3 };

    // Batch norm's running statistics must not keep the NaN either.
    [Theory]
    [InlineData("VisionTransformer", Runtime.Precision.Float32)]
    [InlineData("ResNet", Runtime.Precision.Float32)]
    [InlineData("ResNet", Runtime.Precision.BFloat16)]
    public void Run_OneBatchWithNaN_SkipsItsStepAndGoesOn(string name, Runtime.Precision precision)
    {
        if (precision == Runtime.Precision.BFloat16)
            ServedPrecision.RequireBFloat16();
        var config = TinyConfig.All[name];
        using var model = TinyConfig.Create(config);
        using var pairs = new SyntheticPairs(config) { Spoil = (batch, images) => SpoilOne(batch == 2, images) };
        using var trainer = new Trainer(model, Options with { Precision = precision });
        DualEncoder? before = null;
        var reports = new Reports(report =>
        {
            if (report.Step == 2)
                before = model.Copy();
            if (report.Step == 3)
                Weights.RequireBitEqual(before!, model);
        });

        trainer.Run(pairs, reports);
        before!.Dispose();

        Assert.Equal("not finite: the pixels of the batch", reports.All[2].SkipReason);
        Assert.Equal([0, 0, 1, 1, 1, 1], reports.All.Select(report => report.SkippedSteps));
        Assert.All(reports.All.Where(report => report.Step != 3), report => Assert.True(double.IsFinite(report.Loss)));
        Assert.All(model.state_dict(), entry => Assert.True(entry.Value.isfinite().all().item<bool>(), entry.Key));
    }

    [Theory]
    [InlineData("visual.transformer.resblocks.1.mlp.c_fc")]
    [InlineData("visual.transformer.resblocks.0.attn")]
    [InlineData("text.ln_final")]
    [InlineData("text_decoder.cross_attn.0")]
    public void Run_LayerThatGivesInfinity_NamesItAndStops(string layer)
    {
        var config = layer.StartsWith("text_decoder", StringComparison.Ordinal) ? TinyConfig.CoCa : TinyConfig.VisionTransformer;
        using var model = TinyConfig.Create(config);
        var module = model.named_modules().Single(entry => entry.name == layer).module;
        Action removeHook = module is nn.Module<Tensor, Tensor> plain
            ? plain.register_forward_hook((_, _, output) => output / 0).remove
            : ((nn.Module<Tensor, Tensor?, Tensor>)module).register_forward_hook((_, _, _, output) => output / 0).remove;
        using var pairs = new SyntheticPairs(config);
        // Hooks of layers inside a block are called by modules alone.
        using var trainer = new Trainer(model, Options with { MicroBatch = 2, UseKernels = false });

        var exception = Assert.Throws<TrainingDivergedException>(() => trainer.Run(pairs));
        removeHook();

        Assert.Equal($"the output of {layer}", exception.Where);
        Assert.Equal(3, exception.Step);
        Assert.Contains("3 steps in a row", exception.Message, StringComparison.Ordinal);
    }

    // Two batches with NaN before the stop and one after it are three in a row, as without a stop.
    [Fact]
    public void Run_StoppedAmongBatchesWithNaN_CountsOn()
    {
        var config = TinyConfig.VisionTransformer;
        using var folder = new TemporaryFolder();
        using var pairs = new SyntheticPairs(config) { Spoil = (batch, images) => SpoilOne(batch >= 2, images) };
        var options = Options with { Checkpoints = new Training.Checkpoints.CheckpointOptions { Folder = folder.Path, EverySteps = 1 } };
        using var stop = new CancellationTokenSource();
        using (var model = TinyConfig.Create(config))
        using (var trainer = new Trainer(model, options))
            Assert.ThrowsAny<OperationCanceledException>(() => trainer.Run(pairs, new Reports(report => { if (report.Step == 4) stop.Cancel(); }), stop.Token));

        using var other = TinyConfig.Create(config);
        using var resumed = new Trainer(other, options);
        Assert.True(resumed.TryResume());

        Assert.Equal(5, Assert.Throws<TrainingDivergedException>(() => resumed.Run(pairs)).Step);
    }

    [Fact]
    public void Run_WeightThatIsNaN_NamesIt()
    {
        var config = TinyConfig.ResNet;
        using var model = TinyConfig.Create(config);
        using (no_grad())
            model.state_dict()["visual.layer2.0.conv2.weight"].fill_(double.NaN);
        using var pairs = new SyntheticPairs(config);
        using var trainer = new Trainer(model, Options with { MaxSkippedInARow = 1 });

        Assert.Equal("the weight visual.layer2.0.conv2.weight", Assert.Throws<TrainingDivergedException>(() => trainer.Run(pairs)).Where);
    }

    private static void SpoilOne(bool really, Tensor images)
    {
        if (!really)
            return;
        using var pixel = images[1, 0, 0, 0];
        pixel.fill_(double.NaN);
    }
}
