using Clip.Losses;
using Clip.Models;
using Clip.Training.Steps;
using Clip.Training.Tests.Support;

namespace Clip.Training.Tests.Steps;

[NoTensorLeaks]
public sealed class TrainingKernelsMemoryTests : IDisposable
{
    private readonly DualEncoder _model = TinyConfig.Create(TinyConfig.VisionTransformer);
    private readonly ClipLoss _loss = new();

    public void Dispose()
    {
        _loss.Dispose();
        _model.Dispose();
    }

    [Theory]
    [InlineData(false), InlineData(true)]
    public void Backward_WithKernels_LeavesNoTensors(bool recompute)
    {
        using var scope = NewDisposeScope();
        var config = TinyConfig.VisionTransformer;
        _model.UseTrainingKernels = true;
        _model.RecomputeActivations = recompute;
        GradientCache.Backward(_model, _loss, TinyConfig.Pixels(config, 6), TinyConfig.Tokens(config, 6), microBatch: 4, seed: 1);
        Assert.NotEmpty(Weights.Gradients(_model));
        Weights.Forget(_model);
        _model.UseTrainingKernels = false;
    }

    [Fact]
    public void Forward_WithoutBackward_LeavesNoTensors()
    {
        using var scope = NewDisposeScope();
        _model.UseTrainingKernels = true;
        Assert.True(_model.EncodeImages(TinyConfig.Pixels(TinyConfig.VisionTransformer, 2)).requires_grad);
        _model.UseTrainingKernels = false;
    }
}
