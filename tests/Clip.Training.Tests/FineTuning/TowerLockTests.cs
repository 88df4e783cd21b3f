using Clip.Training.FineTuning;
using Clip.Training.Schedules;
using Clip.Training.Tests.Support;

namespace Clip.Training.Tests.FineTuning;

public sealed class TowerLockTests
{
    [Theory]
    [InlineData(0, "")]
    [InlineData(1, "proj")]
    [InlineData(2, "proj ln_post transformer.resblocks.1")]
    [InlineData(3, "proj ln_post transformer.resblocks.1 transformer.resblocks.0")]
    [InlineData(4, "proj ln_post transformer.resblocks.1 transformer.resblocks.0 conv1 class_embedding positional_embedding ln_pre")]
    public void Lock_ImageTransformer_UnlocksGroupsFromTheOutput(int groups, string trained)
    {
        using var model = TinyConfig.Create(TinyConfig.VisionTransformer);
        TowerGroups.Lock(model.Image, new TowerLock { UnlockedGroups = groups });
        RequireTrained(model.Image, trained);
    }

    [Theory]
    [InlineData(0, "")]
    [InlineData(1, "text_projection")]
    [InlineData(2, "text_projection ln_final transformer.resblocks.1")]
    [InlineData(9, "text_projection ln_final transformer.resblocks.1 transformer.resblocks.0 token_embedding positional_embedding")]
    public void Lock_TextTower_UnlocksGroupsFromTheOutput(int groups, string trained)
    {
        using var model = TinyConfig.Create(TinyConfig.VisionTransformer);
        TowerGroups.Lock(model.Text, new TowerLock { UnlockedGroups = groups });
        RequireTrained(model.Text, trained);
    }

    [Theory]
    [InlineData(0, "")]
    [InlineData(1, "attnpool")]
    [InlineData(2, "attnpool layer4")]
    [InlineData(6, "attnpool layer4 layer3 layer2 layer1 conv bn")]
    public void Lock_ResNet_UnlocksStagesFromTheOutput(int groups, string trained)
    {
        using var model = TinyConfig.Create(TinyConfig.ResNet);
        TowerGroups.Lock(model.Image, new TowerLock { UnlockedGroups = groups });
        RequireTrained(model.Image, trained);
    }

    [Theory]
    [InlineData("VisionTransformer")]
    [InlineData("ResNet")]
    public void Run_LockedImageTower_LeavesWeightsAndStatisticsToTheBit(string name)
    {
        var config = TinyConfig.All[name];
        using var model = TinyConfig.Create(config);
        using var before = model.Copy();
        using var pairs = new SyntheticPairs(config);
        using var trainer = new Trainer(model, new TrainerOptions
        {
            Steps = 2,
            BatchSize = 4,
            Schedule = new ConstantSchedule(0.01, 0),
            LockImage = new TowerLock(),
        });

        trainer.Run(pairs);

        var now = model.state_dict();
        foreach (var (weight, value) in before.state_dict())
        {
            var same = value.detach().bytes.SequenceEqual(now[weight].detach().bytes);
            Assert.True(same == weight.StartsWith("visual.", StringComparison.Ordinal), weight);
        }
    }

    private static void RequireTrained(nn.Module tower, string trained)
    {
        var prefixes = trained.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        foreach (var (name, parameter) in tower.named_parameters())
        {
            // "proj" is the whole name; out_proj and c_proj are inside blocks.
            var expected = Array.Exists(prefixes, prefix => name.StartsWith(prefix, StringComparison.Ordinal));
            Assert.True(expected == parameter.requires_grad, $"{name}: {parameter.requires_grad}");
        }
    }
}
