using System.Text.Json.Nodes;

namespace Clip.Models;

/// <summary>EVA's towers (Fang et al. 2022 and 2023, Sun et al. 2023).</summary>
internal sealed class EvaFamily : TimmFamily
{
    public const string Name = "Eva";

    private EvaFamily()
    {
    }

    public static EvaFamily Instance { get; } = new();

    // open_clip builds and publishes all such models as CustomTextCLIP.
    public override bool NeedsTextPrefix => true;

    protected override string Kind => "EVA";

    public override TowerNames? Names(WeightLayout layout) => layout == WeightLayout.Native ? EvaNames.Native : null;

    public override ImageTowerOutline? TryOutline(TensorShapes shapes)
    {
        const string Blocks = "visual.trunk.blocks.";

        if (!shapes.Contains($"{Blocks}0.attn.q_bias") && !shapes.Contains($"{Blocks}0.attn.q_proj.weight"))
            return null;
        return shapes.TryOf("visual.trunk.patch_embed.proj.weight", 4) is { } patches && shapes.TryOf("visual.trunk.pos_embed", 3) is { } positions
            ? new ImageTowerOutline(Name, PatchGrid.Resolution(positions[1] - 1, patches[3]), (int)patches[3], patches[0], shapes.CountBlocks(Blocks))
            : null;
    }

    public override Tensor Resize(string parameter, Tensor stored, ImageTowerConfig from, ImageTowerConfig to) =>
        parameter.EndsWith($".{PositionResizer.Parameter}", StringComparison.Ordinal)
            ? PositionResizer.ResizeImage(stored.flatten(0, -2), classTokens: 1, ((EvaConfig)from).Grid, ((EvaConfig)to).Grid)
            : base.Resize(parameter, stored, from, to);

    protected override TimmTrunk CreateTrunk(TimmTowerConfig config, int? classes, WeightFactory weights) =>
        new EvaTrunk((EvaConfig)config, classes, weights);

    protected override TimmTowerConfig? TryRead(TimmSettings settings) => EvaInOpenClip.TryRead(settings);

    protected override JsonObject Write(TimmTowerConfig config) => EvaInOpenClip.Write((EvaConfig)config);
}
