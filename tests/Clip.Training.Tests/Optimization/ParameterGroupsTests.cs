using Clip.Training.Optimization;
using Clip.Training.Tests.Golden;

namespace Clip.Training.Tests.Optimization;

public sealed class ParameterGroupsTests
{
    [Theory]
    [InlineData("classic", WeightDecayRule.ExceptGainsAndBiases)]
    [InlineData("current_open_clip", WeightDecayRule.ExceptGainsBiasesAndPositions)]
    public void Of_RecordedModel_GivesOpenClipsGroups(string name, WeightDecayRule rule)
    {
        using var run = new RecordedRun(name);
        using var model = run.CreateModel(ScalarType.Float32);

        var groups = ParameterGroups.Of(model, 0.2, rule);

        Assert.Equal([0, 0.2], groups.Select(group => group.WeightDecay));
        RequireNames("no_weight_decay", groups[0]);
        RequireNames("weight_decay_params", groups[1]);

        void RequireNames(string property, ParameterGroup group) => Assert.Equal(
            run.Settings.GetProperty(property).EnumerateArray().Select(entry => RecordedRun.NameOf(entry.GetString()!)).Order(StringComparer.Ordinal),
            group.Parameters.Select(parameter => parameter.Name).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Of_LockedWeights_LeavesThemOut()
    {
        using var model = TinyConfig.Create(TinyConfig.VisionTransformer);
        foreach (var parameter in model.Image.parameters())
            parameter.requires_grad = false;

        var names = ParameterGroups.Of(model, 0.2, WeightDecayRule.ExceptGainsAndBiases).SelectMany(group => group.Parameters).Select(parameter => parameter.Name).ToList();

        Assert.DoesNotContain(names, name => name.StartsWith("visual.", StringComparison.Ordinal));
        Assert.Contains("logit_scale", names);
    }
}
