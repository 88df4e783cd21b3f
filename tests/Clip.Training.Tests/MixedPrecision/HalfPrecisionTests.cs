using Clip.Losses;
using Clip.Training.Data;
using Clip.Training.MixedPrecision;
using Clip.Training.Schedules;
using Clip.Training.Steps;
using Clip.Training.Tests.Support;

namespace Clip.Training.Tests.MixedPrecision;

public sealed class HalfPrecisionTests
{
    [Theory]
    [InlineData("VisionTransformer")]
    [InlineData("ResNet")]
    public void MoveGradients_BFloat16_PointsTheWayOfFloat32(string name)
    {
        using var scope = NewDisposeScope();
        var config = TinyConfig.All[name];
        using var model = TinyConfig.Create(config);
        using var copy = new WorkingCopy(model, ScalarType.BFloat16);
        using var loss = new ClipLoss();
        var (images, tokens) = (TinyConfig.Pixels(config, 8), TinyConfig.Tokens(config, 8));

        GradientCache.Backward(model, loss, images, tokens, 8, seed: 1);
        var precise = Weights.Gradients(model);
        Weights.Forget(model);
        GradientCache.Backward(copy.Network, loss, BatchRows.Of(images), BatchRows.Of(tokens), 4, seed: 1, new BackwardSteps { AfterBackward = copy.MoveGradients });
        var rounded = Weights.Gradients(model);

        Assert.Equal(precise.Keys.Order(), rounded.Keys.Order());
        Assert.All(rounded.Values, gradient => Assert.Equal(ScalarType.Float32, gradient.dtype));
        Assert.Empty(Weights.Gradients(copy.Network));
        var cosine = nn.functional.cosine_similarity(Flat(precise), Flat(rounded), dim: 0).item<float>();
        // bfloat16 keeps 8 bits.
        Assert.InRange(cosine, 0.99, 1.0001);

        static Tensor Flat(Dictionary<string, Tensor> gradients) =>
            cat([.. gradients.OrderBy(entry => entry.Key, StringComparer.Ordinal).Select(entry => entry.Value.flatten())]);
    }

    // Steps of 1e-7 vanish in bfloat16, whose spacing near 0.02 is 1e-4: only weights in float32 can add them up.
    [Fact]
    public void Run_BFloat16_MovesFloat32WeightsByLessThanItsSpacing()
    {
        ServedPrecision.RequireBFloat16();
        using var model = TinyConfig.Create(TinyConfig.VisionTransformer);
        using var before = model.Copy();
        using var pairs = new SyntheticPairs(TinyConfig.VisionTransformer);
        using var trainer = new Trainer(model, new TrainerOptions
        {
            Steps = 2,
            BatchSize = 4,
            Schedule = new ConstantSchedule(1e-7, 0),
            Precision = Runtime.Precision.BFloat16,
            WeightDecay = 0,
        });

        trainer.Run(pairs);

        using var moved = (model.state_dict()["visual.proj"] - before.state_dict()["visual.proj"]).abs();
        Assert.Equal(ScalarType.Float32, moved.dtype);
        Assert.InRange(moved.max().item<float>(), 1e-8, 1e-6);
    }

    [Fact]
    public void Constructor_Float16OnCpu_ThrowsArgumentException()
    {
        using var model = TinyConfig.Create(TinyConfig.VisionTransformer);
        Assert.Throws<ArgumentException>(() => new Trainer(model, new TrainerOptions
        {
            Steps = 1,
            BatchSize = 4,
            Schedule = new ConstantSchedule(1e-7, 0),
            Precision = Runtime.Precision.Float16,
        }));
    }
}
