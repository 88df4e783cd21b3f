using Clip.Losses;
using Clip.Training.Steps;
using Clip.Training.Tests.Support;

namespace Clip.Training.Tests.Steps;

public sealed class GradientCacheTests
{
    private const int Pairs = 12;

    public static TheoryData<string, int, int?> Cases { get; } = new(
        from config in (string[])["VisionTransformer", "ResNet", "SigLip", "Unusual"]
        from split in ((int MicroBatch, int? Chunk)[])[(1, null), (5, 4), (12, 4), (100, null)]
        select (config, split.MicroBatch, split.Chunk));

    // Evaluation mode: batch norm has fixed statistics and no patch is dropped, so that a split changes rounding only.
    [Theory, MemberData(nameof(Cases))]
    public void Backward_InMicroBatches_EqualsTheWholeBatch(string name, int microBatch, int? chunk)
    {
        using var scope = NewDisposeScope();
        var config = TinyConfig.All[name];
        using var model = TinyConfig.Create(config);
        using ContrastiveLoss loss = config.InitialLogitBias is null ? new ClipLoss() : new SigLipLoss();
        using ContrastiveLoss chunked = config.InitialLogitBias is null ? new ClipLoss(chunk) : new SigLipLoss(chunk);
        var (images, tokens) = (TinyConfig.Pixels(config, Pairs), TinyConfig.Tokens(config, Pairs));
        var expectedValue = loss.call(model.EncodeImages(images), model.EncodeTexts(tokens), model.GetLogitScale(), model.GetLogitBias());
        expectedValue.backward();
        var expected = Weights.Gradients(model);
        Weights.Forget(model);

        var value = GradientCache.Backward(model, chunked, images, tokens, microBatch, seed: 1);

        TensorAssert.Close(expectedValue.detach(), value, 1e-5 * Math.Max(1, expectedValue.item<float>()));
        Weights.RequireClose(expected, Weights.Gradients(model), 1e-5);
    }

    // Patches are dropped at random: both passes must drop the same ones, as one pass with a graph does.
    [Fact]
    public void Backward_RandomPatches_DropsTheSameInBothPasses()
    {
        using var scope = NewDisposeScope();
        var config = TinyConfig.Unusual;
        using var model = TinyConfig.Create(config);
        model.train();
        using var loss = new ClipLoss();
        var (images, tokens) = (TinyConfig.Pixels(config, 6), TinyConfig.Tokens(config, 6));

        GradientCache.Backward(model, loss, images, tokens, microBatch: 2, seed: 9);
        var cached = Weights.Gradients(model);
        Weights.Forget(model);

        var embeddings = Enumerable.Range(0, 3).Select(i =>
        {
            StepSeed.Use(StepSeed.Of(StepSeed.Of(9, 1), i));
            return model.EncodeImages(images.narrow(0, 2 * i, 2));
        }).ToList();
        loss.call(cat(embeddings), model.EncodeTexts(tokens), model.GetLogitScale()).backward();
        Weights.RequireClose(Weights.Gradients(model), cached, 1e-5);

        Weights.Forget(model);
        GradientCache.Backward(model, loss, images, tokens, microBatch: 2, seed: 10);
        Assert.ThrowsAny<Xunit.Sdk.XunitException>(() => Weights.RequireClose(Weights.Gradients(model), cached, 1e-5));
    }

    [Fact]
    public void Backward_BatchNormInTraining_UpdatesStatisticsOncePerMicroBatch()
    {
        using var scope = NewDisposeScope();
        var config = TinyConfig.ResNet;
        using var model = TinyConfig.Create(config);
        using var reference = model.Copy();
        using var loss = new ClipLoss();
        var (images, tokens) = (TinyConfig.Pixels(config, 8), TinyConfig.Tokens(config, 8));
        model.train();
        reference.train();

        GradientCache.Backward(model, loss, images, tokens, microBatch: 4, seed: 1);
        reference.EncodeImages(images.narrow(0, 0, 4));
        reference.EncodeImages(images.narrow(0, 4, 4));

        Weights.RequireBitEqual(reference, model);
    }

    [Fact]
    public void Backward_LockedTower_GivesItNoGradients()
    {
        using var scope = NewDisposeScope();
        var config = TinyConfig.VisionTransformer;
        using var model = TinyConfig.Create(config);
        using var loss = new ClipLoss();
        foreach (var parameter in model.Image.parameters())
            parameter.requires_grad = false;

        GradientCache.Backward(model, loss, TinyConfig.Pixels(config, 6), TinyConfig.Tokens(config, 6), microBatch: 4, seed: 1);

        Assert.All(Weights.Gradients(model).Keys, name => Assert.False(name.StartsWith("visual.", StringComparison.Ordinal)));
        Assert.NotEmpty(Weights.Gradients(model));
    }

    [Theory]
    [InlineData("VisionTransformer")]
    [InlineData("SigLip")]
    [InlineData("Unusual")]
    public void RecomputeActivations_GivesTheSameGradients(string name)
    {
        using var scope = NewDisposeScope();
        var config = TinyConfig.All[name];
        using var model = TinyConfig.Create(config);
        using var loss = new ClipLoss();
        var (images, tokens) = (TinyConfig.Pixels(config, 4), TinyConfig.Tokens(config, 4));
        GradientCache.Backward(model, loss, images, tokens, 4, seed: 1);
        var kept = Weights.Gradients(model);
        Weights.Forget(model);

        model.RecomputeActivations = true;
        GradientCache.Backward(model, loss, images, tokens, 4, seed: 1);

        // Sums over tokens run in another order where a gradient has other strides.
        Weights.RequireClose(kept, Weights.Gradients(model), 1e-6);
    }

    [Fact]
    public void RecomputeActivations_RunsEveryBlockTwice()
    {
        using var scope = NewDisposeScope();
        var config = TinyConfig.VisionTransformer;
        using var model = TinyConfig.Create(config);
        var MLP = (nn.Module<Tensor, Tensor>)model.named_modules().First(entry => entry.name == "visual.transformer.resblocks.0.mlp").module;
        var runs = 0;
        using var hook = Disposable(MLP.register_forward_hook((_, _, output) =>
        {
            runs++;
            return output;
        }).remove);
        var images = TinyConfig.Pixels(config, 2);

        model.EncodeImages(images).sum().backward();
        Assert.Equal(1, runs);
        model.RecomputeActivations = true;
        model.EncodeImages(images).sum().backward();
        Assert.Equal(3, runs);
        using (no_grad())
            model.EncodeImages(images);
        Assert.Equal(4, runs);
    }

    [Fact]
    public void RecomputeActivations_LockedStem_StillTrainsTheBlocks()
    {
        using var scope = NewDisposeScope();
        var config = TinyConfig.VisionTransformer;
        using var model = TinyConfig.Create(config);
        foreach (var (name, parameter) in model.Image.named_parameters())
            parameter.requires_grad = name.Contains("resblocks", StringComparison.Ordinal);
        model.RecomputeActivations = true;

        model.EncodeImages(TinyConfig.Pixels(config, 2)).sum().backward();

        Assert.All(model.Image.named_parameters().Where(entry => entry.parameter.requires_grad), entry => Assert.NotNull(entry.parameter.grad));
    }

    [Fact]
    public void Backward_WrongArguments_Throws()
    {
        using var scope = NewDisposeScope();
        var config = TinyConfig.VisionTransformer;
        using var model = TinyConfig.Create(config);
        using var loss = new ClipLoss();
        Assert.Throws<ArgumentOutOfRangeException>(() => GradientCache.Backward(model, loss, TinyConfig.Pixels(config, 2), TinyConfig.Tokens(config, 2), 0, 1));
        Assert.Throws<ArgumentException>(() => GradientCache.Backward(model, loss, TinyConfig.Pixels(config, 2), TinyConfig.Tokens(config, 3), 2, 1));
    }

    private static ActionDisposable Disposable(Action action) => new(action);

    private sealed class ActionDisposable(Action action) : IDisposable
    {
        public void Dispose() => action();
    }
}
