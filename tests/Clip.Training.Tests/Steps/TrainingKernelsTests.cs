using Clip.Losses;
using Clip.Models;
using Clip.Runtime;
using Clip.Training.Schedules;
using Clip.Training.Steps;
using Clip.Training.Tests.Support;

namespace Clip.Training.Tests.Steps;

public sealed class TrainingKernelsTests
{
    private const double Rounding = 2e-5;

    public TrainingKernelsTests() => TorchLibraries.EnsureLoaded();

    public static TheoryData<string> Configs { get; } = [.. TinyConfig.All.Keys];

    [Theory, MemberData(nameof(Configs))]
    public void Backward_WithKernels_GivesTheGradientsOfTheModules(string name)
    {
        using var scope = NewDisposeScope();
        var config = TinyConfig.All[name];
        using var model = TinyConfig.Create(config);
        using var loss = new ClipLoss();
        var (images, tokens) = (TinyConfig.Pixels(config, 6), TinyConfig.Tokens(config, 6));
        model.eval();
        GradientCache.Backward(model, loss, images, tokens, microBatch: 6, seed: 1);
        var modules = Weights.Gradients(model);

        model.UseTrainingKernels = true;
        foreach (var (microBatch, recompute) in ((int, bool)[])[(6, false), (4, false), (4, true)])
        {
            Weights.Forget(model);
            model.RecomputeActivations = recompute;
            GradientCache.Backward(model, loss, images, tokens, microBatch, seed: 1);
            Weights.RequireClose(modules, Weights.Gradients(model), Rounding);
        }
    }

    [Fact]
    public void UseTrainingKernels_LayersInsideABlock_AreNotCalled()
    {
        using var scope = NewDisposeScope();
        var config = TinyConfig.VisionTransformer;
        using var model = TinyConfig.Create(config);
        model.UseTrainingKernels = true;
        if (!model.UseTrainingKernels)
            Assert.Skip("This processor has no kernels for training.");
        var mlp = (nn.Module<Tensor, Tensor>)model.named_modules().First(entry => entry.name == "visual.transformer.resblocks.0.mlp").module;
        var runs = 0;
        var remove = mlp.register_forward_hook((_, _, output) =>
        {
            runs++;
            return output;
        }).remove;
        var images = TinyConfig.Pixels(config, 2);

        model.EncodeImages(images).sum().backward();
        Assert.Equal(0, runs);
        model.UseTrainingKernels = false;
        model.EncodeImages(images).sum().backward();
        Assert.Equal(1, runs);
        remove();
    }

    [Fact]
    public void UseTrainingKernels_WeightsInFloat64_ComputesWithModules()
    {
        using var scope = NewDisposeScope();
        var config = TinyConfig.VisionTransformer;
        using var model = TinyConfig.Create(config);
        model.to(ScalarType.Float64);
        var images = TinyConfig.Pixels(config, 2).to(ScalarType.Float64);
        var expected = model.EncodeImages(images);
        model.UseTrainingKernels = true;
        TensorAssert.BitEqual(expected, model.EncodeImages(images));
    }

    [Fact]
    public void Backward_BlocksAloneTrained_LeavesOthersWithoutGradients()
    {
        using var scope = NewDisposeScope();
        var config = TinyConfig.VisionTransformer;
        using var model = TinyConfig.Create(config);
        foreach (var (name, parameter) in model.Image.named_parameters())
            parameter.requires_grad = name.StartsWith("transformer.resblocks.0.mlp", StringComparison.Ordinal);
        var images = TinyConfig.Pixels(config, 3);
        model.EncodeImages(images).pow(2).sum().backward();
        var modules = Weights.Gradients(model);
        Weights.Forget(model);

        model.UseTrainingKernels = true;
        model.EncodeImages(images).pow(2).sum().backward();
        var kernels = Weights.Gradients(model);
        Assert.Equal(modules.Keys.Order(), kernels.Keys.Order());
        Weights.RequireClose(modules, kernels, Rounding);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void ForgetGradients_BetweenBackwardPasses_GivesTheSameGradients(bool kernels)
    {
        using var scope = NewDisposeScope();
        var config = TinyConfig.VisionTransformer;
        using var model = TinyConfig.Create(config);
        model.UseTrainingKernels = kernels;
        var (images, tokens) = (TinyConfig.Pixels(config, 3), TinyConfig.Tokens(config, 3));
        void Run() => (model.EncodeImages(images).pow(2).sum() + model.EncodeTexts(tokens).pow(2).sum()).backward();
        Run();
        var first = Weights.Gradients(model);

        model.ForgetGradients();
        Assert.All(model.parameters(), parameter => Assert.Null(parameter.grad));
        Run();
        var second = Weights.Gradients(model);
        Assert.Equal(first.Keys.Order(), second.Keys.Order());
        foreach (var (name, gradient) in first)
            TensorAssert.BitEqual(gradient, second[name]);
    }

    [Fact]
    public void Trainer_Ends_LeavesTheModelAsItWas()
    {
        using var scope = NewDisposeScope();
        var config = TinyConfig.VisionTransformer;
        using var model = TinyConfig.Create(config);
        using (var trainer = new Trainer(model, new TrainerOptions { Steps = 1, BatchSize = 4, Schedule = new ConstantSchedule(0.001, 0) }))
            trainer.Run(new SyntheticPairs(config));
        Assert.False(model.UseTrainingKernels);
    }
}
