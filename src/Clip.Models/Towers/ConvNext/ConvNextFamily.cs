using System.Text.Json.Nodes;

namespace Clip.Models;

/// <summary>ConvNeXts, of both versions (Liu et al. 2022; Woo et al. 2023).</summary>
internal sealed class ConvNextFamily : TimmFamily
{
    public const string Name = "ConvNeXt";

    private const string Trunk = "visual.trunk.";

    private ConvNextFamily()
    {
    }

    public static ConvNextFamily Instance { get; } = new();

    protected override string Kind => Name;

    public override ImageTowerOutline? TryOutline(TensorShapes shapes)
    {
        if (shapes.TryOf(Trunk + "stem.0.weight", 4) is null || shapes.TryOf(Trunk + "head.norm.weight", 1) is not { } width)
            return null;
        var stages = shapes.CountBlocks(Trunk + "stages.");
        return new ImageTowerOutline(
            Name, null, null, width[0], Enumerable.Range(0, stages).Sum(stage => shapes.CountBlocks($"{Trunk}stages.{stage}.blocks.")));
    }

    protected override TimmTrunk CreateTrunk(TimmTowerConfig config, int? classes, WeightFactory weights) =>
        new ConvNextTrunk(weights, (ConvNextConfig)config, classes);

    protected override TimmTowerConfig? TryRead(TimmSettings settings) => ConvNextInTimm.TryRead(settings);

    protected override JsonObject Write(TimmTowerConfig config) => ConvNextInTimm.Write((ConvNextConfig)config);
}
