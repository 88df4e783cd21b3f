using Clip.Training.FineTuning;
using Clip.Training.Optimization;
using Clip.Training.Schedules;
using Clip.Training.Tests.Support;

namespace Clip.Training.Tests.FineTuning;

public sealed class LoraAdaptersTests
{
    // The published form computes base and change apart: x W' + alpha / rank (x down') up'. Merged weights must give the same.
    [Fact]
    public void Apply_TrainedChange_EqualsBaseAndChangeComputedApart()
    {
        using var scope = NewDisposeScope();
        using var model = TinyConfig.Create(TinyConfig.VisionTransformer);
        using var adapters = new LoraAdapters(model, new LoraOptions { Rank = 3, Alpha = 6, Mlps = true });
        Disturb(adapters);

        adapters.Apply();

        var state = adapters.GetState().ToDictionary();
        var weights = model.state_dict();
        const string Mlp = "visual.transformer.resblocks.1.mlp.c_fc.weight";
        RequireSame(Mlp, weights[Mlp]);
        const string Attention = "text.transformer.resblocks.0.attn.in_proj_weight";
        var parts = weights[Attention].chunk(3);
        RequireSame($"{Attention}.q", parts[0]);
        RequireSame($"{Attention}.k", parts[1]);
        RequireSame($"{Attention}.v", parts[2]);

        void RequireSame(string name, Tensor merged)
        {
            var x = randn(5, merged.shape[1]);
            var apart = x.matmul(state[$"{name}.base"].t()) + x.matmul(state[$"{name}.lora_down"].t()).matmul(state[$"{name}.lora_up"].t()) * 2;
            TensorAssert.Close(apart.detach(), x.matmul(merged.detach().t()), 1e-5);
        }
    }

    [Fact]
    public void Constructor_NoMatrixChosen_LeavesTheModelAsItWas()
    {
        using var model = TinyConfig.Create(TinyConfig.ResNet);

        Assert.Throws<ArgumentException>(() => new LoraAdapters(model, new LoraOptions { TextTower = false }));

        Assert.All(model.parameters(), parameter => Assert.True(parameter.requires_grad));
    }

    // The factors' gradients through autograd, with the weight written as base plus change.
    [Fact]
    public void TakeGradients_EqualsAutogradThroughTheChange()
    {
        using var scope = NewDisposeScope();
        using var model = TinyConfig.Create(TinyConfig.VisionTransformer);
        using var adapters = new LoraAdapters(model, new LoraOptions { Rank = 2, Alpha = 8 });
        Disturb(adapters);
        adapters.Apply();
        var tokens = TinyConfig.Tokens(model.Config, 4);
        const string Name = "text.transformer.resblocks.1.attn.out_proj.weight";
        var state = adapters.GetState().ToDictionary();
        var down = state[$"{Name}.lora_down"].detach().clone().requires_grad_(true);
        var up = state[$"{Name}.lora_up"].detach().clone().requires_grad_(true);

        model.EncodeTexts(tokens).square().sum().backward();
        var ofWeight = model.named_parameters().Single(entry => entry.name == Name).parameter.grad!.clone();
        adapters.TakeGradients();

        ((state[$"{Name}.base"] + up.matmul(down) * 4) * ofWeight).sum().backward();
        var parameters = adapters.Parameters.ToDictionary(parameter => parameter.Name, parameter => parameter.Parameter);
        TensorAssert.Close(down.grad!, parameters[$"{Name}.lora_down"].grad!, 1e-5);
        TensorAssert.Close(up.grad!, parameters[$"{Name}.lora_up"].grad!, 1e-5);
        Assert.Null(model.named_parameters().Single(entry => entry.name == Name).parameter.grad);
    }

    [Fact]
    public void Run_WithAdapters_ChangesTheChosenMatricesOnlyByLowRank()
    {
        using var scope = NewDisposeScope();
        var config = TinyConfig.VisionTransformer;
        using var model = TinyConfig.Create(config);
        using var before = model.Copy();
        using var pairs = new SyntheticPairs(config);
        using var trainer = new Trainer(model, new TrainerOptions
        {
            Steps = 3,
            BatchSize = 4,
            Schedule = new ConstantSchedule(0.01, 0),
            Lora = new LoraOptions { Rank = 2, TextTower = false },
        });

        trainer.Run(pairs);

        var now = model.state_dict();
        foreach (var (name, value) in before.state_dict())
        {
            var chosen = name.StartsWith("visual.", StringComparison.Ordinal)
                && (name.EndsWith("in_proj_weight", StringComparison.Ordinal) || name.EndsWith("out_proj.weight", StringComparison.Ordinal));
            var change = (now[name] - value).detach();
            Assert.True(change.abs().sum().item<float>() > 0 == (chosen || name == "logit_scale"), name);
            if (chosen)
                Assert.All(change.chunk(name.EndsWith("in_proj_weight", StringComparison.Ordinal) ? 3 : 1), part => Assert.InRange(Rank(part), 1, 2));
        }

        // The third singular value is rounding.
        static long Rank(Tensor matrix)
        {
            var values = linalg.svdvals(matrix);
            return values.gt(values.max() * 1e-4).sum().item<long>();
        }
    }

    [Fact]
    public void Remove_AfterTraining_GivesBackTheWeightsToTheBit()
    {
        using var scope = NewDisposeScope();
        using var model = TinyConfig.Create(TinyConfig.VisionTransformer);
        using var before = model.Copy();
        using var adapters = new LoraAdapters(model);
        Disturb(adapters);
        adapters.Apply();
        Assert.ThrowsAny<Xunit.Sdk.XunitException>(() => Weights.RequireBitEqual(before, model));

        adapters.Remove();

        Weights.RequireBitEqual(before, model);
    }

    [Fact]
    public void Constructor_NothingToChange_ThrowsArgumentException()
    {
        using var model = TinyConfig.Create(TinyConfig.ResNet);
        Assert.Throws<ArgumentException>(() => new LoraAdapters(model, new LoraOptions { TextTower = false }));
        Assert.Throws<ArgumentException>(() => new LoraAdapters(model, new LoraOptions { Attention = false }));
        Assert.Throws<ArgumentException>(() => new LoraAdapters(model, new LoraOptions { Rank = 0 }));
    }

    private static void Disturb(LoraAdapters adapters)
    {
        using var noGradients = no_grad();
        manual_seed(4).Dispose();
        foreach (NamedParameter parameter in adapters.Parameters.Where(parameter => parameter.Name.EndsWith("lora_up", StringComparison.Ordinal)))
            parameter.Parameter.normal_(std: 0.1);
    }
}
