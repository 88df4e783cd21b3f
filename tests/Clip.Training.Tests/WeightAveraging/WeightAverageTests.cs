using Clip.Training.Tests.Support;
using Clip.Training.WeightAveraging;

namespace Clip.Training.Tests.WeightAveraging;

public sealed class WeightAverageTests
{
    [Fact]
    public void Update_Twice_IsTheExponentialAverage()
    {
        using var scope = NewDisposeScope();
        using var noGradients = no_grad();
        using var model = TinyConfig.Create(TinyConfig.ResNet);
        using var average = new WeightAverage(model, decay: 0.75);
        var weight = model.state_dict()["visual.conv1.weight"];
        var first = weight.detach().clone();

        weight.add_(1);
        average.Update();
        weight.add_(1);
        average.Update();

        // 0.75 (0.75 w + 0.25 (w + 1)) + 0.25 (w + 2) = w + 0.6875
        TensorAssert.Close(first + 0.6875, average.GetState()["visual.conv1.weight"], 1e-6);
    }

    // Without a scope of the caller's, what is not disposed here is left to the garbage collector.
    [Fact]
    public void Members_WithoutAScope_LeaveNoTensors()
    {
        using var model = TinyConfig.Create(TinyConfig.ResNet);
        var weights = model.state_dict().Count;
        LiveTensors.Count();
        Assert.True(GC.TryStartNoGCRegion(1 << 24));
        GC.WaitForPendingFinalizers();
        var before = Tensor.TotalCount;
        long made, swapped;
        try
        {
            using var average = new WeightAverage(model, 0.9);
            made = Tensor.TotalCount - before;
            average.Update();
            average.Swap();
            swapped = Tensor.TotalCount - before;
        }
        finally
        {
            GC.EndNoGCRegion();
        }

        Assert.Equal(weights, made);
        Assert.Equal(weights, swapped);
    }

    [Fact]
    public void Swap_Twice_ChangesNothingToTheBit()
    {
        using var model = TinyConfig.Create(TinyConfig.ResNet);
        using var average = new WeightAverage(model, 0.9);
        using (no_grad())
        {
            foreach (var parameter in model.parameters())
                parameter.add_(0.5);
        }
        using var before = model.Copy();

        average.Swap();
        Assert.ThrowsAny<Xunit.Sdk.XunitException>(() => Weights.RequireBitEqual(before, model));
        average.Swap();

        Weights.RequireBitEqual(before, model);
    }

    [Fact]
    public void Constructor_ImpossibleDecay_Throws()
    {
        using var model = TinyConfig.Create(TinyConfig.ResNet);
        Assert.Throws<ArgumentOutOfRangeException>(() => new WeightAverage(model, 1));
    }

    [Fact]
    public void Between_TwoModels_LiesOnTheLine()
    {
        using var scope = NewDisposeScope();
        using var first = TinyConfig.Create(TinyConfig.ResNet, seed: 1);
        using var second = TinyConfig.Create(TinyConfig.ResNet, seed: 2);

        using var between = WeightInterpolation.Between(first, second, 0.25);
        using var start = WeightInterpolation.Between(first, second, 0);
        using var end = WeightInterpolation.Between(first, second, 1);

        const string Name = "visual.layer1.0.conv1.weight";
        TensorAssert.Close(
            (first.state_dict()[Name] * 0.75 + second.state_dict()[Name] * 0.25).detach(), between.state_dict()[Name].detach(), 1e-7);
        Weights.RequireBitEqual(first, start);
        Weights.RequireBitEqual(second, end);
        using var other = TinyConfig.Create(TinyConfig.VisionTransformer);
        Assert.Throws<ArgumentException>(() => WeightInterpolation.Between(first, other, 0.5));
        Assert.Throws<ArgumentOutOfRangeException>(() => WeightInterpolation.Between(first, second, 1.5));
    }
}
