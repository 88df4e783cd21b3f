using System.Text.Json.Nodes;

namespace Clip.Models;

/// <summary>The vision transformers of timm whose positions are relative.</summary>
internal sealed class RelativeVitFamily : TimmFamily
{
    public const string Name = "RelativeVisionTransformer";

    private RelativeVitFamily()
    {
    }

    public static RelativeVitFamily Instance { get; } = new();

    protected override string Kind => "ViT of timm with relative positions";

    public override TowerNames? Names(WeightLayout layout) => layout == WeightLayout.Native ? RelativeVitNames.Native : null;

    public override ImageTowerOutline? TryOutline(TensorShapes shapes)
    {
        const string Blocks = "visual.trunk.blocks.";

        return shapes.Contains($"{Blocks}0.attn.rel_pos.mlp.fc1.weight") && shapes.TryOf("visual.trunk.patch_embed.proj.weight", 4) is { } patches
            ? new ImageTowerOutline(Name, null, (int)patches[3], patches[0], shapes.CountBlocks(Blocks))
            : null;
    }

    protected override TimmTrunk CreateTrunk(TimmTowerConfig config, int? classes, WeightFactory weights) =>
        new RelativeVitTrunk((RelativeVitConfig)config, classes, weights);

    protected override TimmTowerConfig? TryRead(TimmSettings settings) => RelativeVitInTimm.TryRead(settings);

    protected override JsonObject Write(TimmTowerConfig config) => RelativeVitInTimm.Write((RelativeVitConfig)config);
}
