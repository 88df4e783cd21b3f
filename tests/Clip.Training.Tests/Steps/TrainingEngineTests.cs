using Clip.Training.Data;
using Clip.Training.Divergence;
using Clip.Training.MixedPrecision;
using Clip.Training.Schedules;
using Clip.Training.Steps;
using Clip.Training.Tests.Support;

namespace Clip.Training.Tests.Steps;

public sealed class TrainingEngineTests
{
    private static readonly DualEncoderConfig Config = TinyConfig.VisionTransformer;
    private static readonly TrainerOptions Options = new() { Steps = 9, BatchSize = 4, Schedule = new ConstantSchedule(0.01, 0), MaxSkippedInARow = 2 };

    [Fact]
    public void Step_ScaledLoss_MovesTheWeightsAlike()
    {
        using var scope = NewDisposeScope();
        using var plain = TinyConfig.Create(Config);
        using var scaled = TinyConfig.Create(Config);
        using var plainEngine = new TrainingEngine(plain, Options);
        using var scaledEngine = new TrainingEngine(scaled, Options with { MicroBatch = 3 }, scaler: new LossScaler(1024));
        using var batch = new PairBatch(TinyConfig.Pixels(Config, 4), TinyConfig.Tokens(Config, 4), PairPosition.Start);

        var one = plainEngine.Step(batch, 0);
        var other = scaledEngine.Step(batch, 0);

        Assert.Equal(one.Loss, other.Loss, 1e-5);
        Assert.Equal(one.GradientNorm, other.GradientNorm, 1e-4 * one.GradientNorm);
        TensorAssert.Close(plain.state_dict()["visual.proj"].detach(), scaled.state_dict()["visual.proj"].detach(), 1e-5);
    }

    // A factor near the end of float32's range overflows until it was halved often enough; that is not divergence.
    [Fact]
    public void Step_ScaleThatOverflows_LowersItAndThenTrains()
    {
        using var scope = NewDisposeScope();
        using var model = TinyConfig.Create(Config);
        using var before = model.Copy();
        using var engine = new TrainingEngine(model, Options, scaler: new LossScaler(1e39));
        using var batch = new PairBatch(TinyConfig.Pixels(Config, 4), TinyConfig.Tokens(Config, 4), PairPosition.Start);

        var skipped = 0;
        StepResult result;
        while ((result = engine.Step(batch, skipped)).SkipReason is { } reason)
        {
            Assert.Contains("overflowed", reason, StringComparison.Ordinal);
            Weights.RequireBitEqual(before, model);
            Assert.Equal(1e39 / Math.Pow(2, ++skipped), engine.Scaler!.Scale, 1e25);
        }

        Assert.InRange(skipped, 3, 12);
        Assert.True(double.IsFinite(result.GradientNorm));
        Assert.ThrowsAny<Xunit.Sdk.XunitException>(() => Weights.RequireBitEqual(before, model));
    }

    [Fact]
    public void Step_NaNWithScaler_IsNotTakenForOverflow()
    {
        using var scope = NewDisposeScope();
        using var model = TinyConfig.Create(Config);
        using var engine = new TrainingEngine(model, Options, scaler: new LossScaler(1024));
        using var batch = new PairBatch(TinyConfig.Pixels(Config, 4) / 0, TinyConfig.Tokens(Config, 4), PairPosition.Start);

        Assert.Equal("not finite: the pixels of the batch", engine.Step(batch, 0).SkipReason);
        Assert.Equal("the pixels of the batch", Assert.Throws<TrainingDivergedException>(() => engine.Step(batch, 1)).Where);
    }
}
