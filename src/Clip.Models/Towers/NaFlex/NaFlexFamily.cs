using System.Text.Json.Nodes;

namespace Clip.Models;

/// <summary>Image towers for images of any aspect ratio (Tschannen et al. 2025, section 2.4.2; timm, naflexvit.py).</summary>
internal sealed class NaFlexFamily : TimmFamily
{
    public const string Name = "NaFlexVision";

    private NaFlexFamily()
    {
    }

    public static NaFlexFamily Instance { get; } = new();

    // open_clip publishes such models as CustomTextCLIP.
    public override bool NeedsTextPrefix => true;

    public override HuggingFaceModel HuggingFace { get; } = new HuggingFaceSigLip2();

    protected override string Kind => "NaFlex";

    public override TowerNames? Names(WeightLayout layout) => layout switch
    {
        WeightLayout.Native => NaFlexNames.Timm,
        WeightLayout.HuggingFace => NaFlexNames.HuggingFace,
        _ => null,
    };

    public override ImageTowerOutline? TryOutline(TensorShapes shapes) =>
        TryOutline(shapes, "visual.trunk.embeds.proj.weight", shapes.TryOf("visual.trunk.embeds.pos_embed", 4) is { } grid ? grid[1] * grid[2] : null, "visual.trunk.blocks.")
        ?? TryOutline(
            shapes, "vision_model.embeddings.patch_embedding.weight", shapes.TryOf("vision_model.embeddings.position_embedding.weight", 2)?[0],
            "vision_model.encoder.layers.");

    protected override TimmTrunk CreateTrunk(TimmTowerConfig config, int? classes, WeightFactory weights) =>
        new NaFlexTrunk((NaFlexVisionConfig)config, classes, weights);

    protected override TimmTowerConfig? TryRead(TimmSettings settings) => NaFlexInTimm.TryRead(settings);

    protected override JsonObject Write(TimmTowerConfig config) => NaFlexInTimm.Write((NaFlexVisionConfig)config);

    private static ImageTowerOutline? TryOutline(TensorShapes shapes, string patch, long? positions, string blocks)
    {
        if (shapes.TryOf(patch, 2) is not { } patches || positions is null || TensorShapes.Side(patches[1] / 3) is not { } side)
            return null;
        return new ImageTowerOutline(Name, PatchGrid.Resolution(positions.Value, side), side, patches[0], shapes.CountBlocks(blocks));
    }
}
