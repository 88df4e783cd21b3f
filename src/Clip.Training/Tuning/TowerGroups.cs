using Clip.Models;

namespace Clip.Training.Tuning;

/// <summary>The order in which the parts of a tower are unlocked.</summary>
internal static class TowerGroups
{
    private const string Blocks = "transformer.resblocks.";

    /// <summary>Stops gradients at the locked parts of a tower, and gives their batch norms' names.</summary>
    /// <param name="tower">The tower.</param>
    /// <param name="setting">How far it is locked.</param>
    /// <returns>The modules whose statistics must not change.</returns>
    public static IReadOnlyList<nn.Module> Lock(nn.Module tower, TowerLock setting)
    {
        var parameters = tower.named_parameters().ToList();
        var last = parameters.Max(entry => GroupOf(tower, entry.name));
        foreach (var (name, parameter) in parameters)
        {
            if (GroupOf(tower, name) <= last - setting.UnlockedGroups)
                parameter.requires_grad = false;
        }
        return [.. tower.named_modules()
            .Where(entry => entry.module is BatchNorm2d && GroupOf(tower, entry.name + ".") <= last - setting.UnlockedGroups)
            .Select(entry => entry.module)];
    }

    /// <summary>The place of a parameter's group, from input to output.</summary>
    public static int GroupOf(nn.Module tower, string name) =>
        tower is ResNetTower ? GroupOfResNet(name) : GroupOfTransformer(name, BlockCount(tower));

    private static int GroupOfResNet(string name) =>
        name.StartsWith("layer", StringComparison.Ordinal) ? name["layer".Length] - '0'
        : name.StartsWith("attnpool", StringComparison.Ordinal) ? 5
        : 0;

    private static int GroupOfTransformer(string name, int blocks)
    {
        if (name.StartsWith(Blocks, StringComparison.Ordinal))
            return 1 + int.Parse(name.AsSpan(Blocks.Length, name.IndexOf('.', Blocks.Length) - Blocks.Length), provider: null);
        if (name.StartsWith("ln_post", StringComparison.Ordinal) || name.StartsWith("ln_final", StringComparison.Ordinal))
            return blocks;
        if (name is "proj" or "text_projection" || name.StartsWith("biased_text_projection", StringComparison.Ordinal) || name.StartsWith("attn_pool", StringComparison.Ordinal))
            return blocks + 1;
        return 0;
    }

    private static int BlockCount(nn.Module tower) => tower switch
    {
        VisionTransformerTower image => ((VisionTransformerConfig)image.Config).Transformer.Layers,
        SigLipImageTower image => ((SigLipVisionConfig)image.Config).Transformer.Layers,
        TextTower text => text.Config.Transformer.Layers,
        _ => throw new ArgumentException($"The groups of {tower.GetType().Name} are not known.", nameof(tower)),
    };
}
