using System.Text.Json.Nodes;

namespace Clip.Models;

/// <summary>Swin Transformers (Liu et al. 2021).</summary>
internal sealed class SwinFamily : TimmFamily
{
    public const string Name = "Swin";

    private const string Trunk = "visual.trunk.";

    private SwinFamily()
    {
    }

    public static SwinFamily Instance { get; } = new();

    protected override string Kind => Name;

    public override TowerNames? Names(WeightLayout layout) => layout == WeightLayout.Native ? SwinNames.Native : null;

    public override ImageTowerOutline? TryOutline(TensorShapes shapes)
    {
        if (!shapes.Contains($"{Trunk}layers.0.blocks.0.attn.relative_position_bias_table") || shapes.TryOf($"{Trunk}patch_embed.proj.weight", 4) is not { } patches)
            return null;
        var stages = shapes.CountBlocks($"{Trunk}layers.");
        return new ImageTowerOutline(
            Name, null, (int)patches[3], patches[0], Enumerable.Range(0, stages).Sum(stage => shapes.CountBlocks($"{Trunk}layers.{stage}.blocks.")));
    }

    public override Tensor Resize(string parameter, Tensor stored, ImageTowerConfig from, ImageTowerConfig to)
    {
        var last = ((SwinConfig)from).Blocks.Count - 1;
        var (before, after) = (Last((SwinConfig)from), Last((SwinConfig)to));
        throw new ArgumentException(
            $"'{parameter}' cannot be resized: images of {from.Resolution} have windows of {before} in the last stage, those of {to.Resolution} of {after}.",
            nameof(parameter));

        ImageSize Last(SwinConfig config) => new SwinWindows(config.GridOf(last), config.Window, isShifted: false).Window;
    }

    protected override TimmTrunk CreateTrunk(TimmTowerConfig config, int? classes, WeightFactory weights) =>
        new SwinTrunk(weights, (SwinConfig)config, classes);

    protected override TimmTowerConfig? TryRead(TimmSettings settings) => SwinInTimm.TryRead(settings);

    protected override JsonObject Write(TimmTowerConfig config) => SwinInTimm.Write((SwinConfig)config);
}
