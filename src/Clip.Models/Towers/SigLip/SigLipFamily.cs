using System.Text.Json.Nodes;

namespace Clip.Models;

/// <summary>SigLIP's image towers (Zhai et al. 2023).</summary>
internal sealed class SigLipFamily : ImageFamily
{
    public const string Name = "SigLipVision";

    private SigLipFamily()
    {
    }

    public static SigLipFamily Instance { get; } = new();

    public override bool NeedsTextPrefix => true;

    public override HuggingFaceModel HuggingFace { get; } = new HuggingFaceSigLip();

    public override ImageTower Create(ImageTowerConfig config, int embeddingSize, WeightFactory weights) =>
        new SigLipImageTower((SigLipVisionConfig)config, weights);

    public override TowerNames? Names(WeightLayout layout) => layout switch
    {
        WeightLayout.Native => SigLipNames.Timm,
        WeightLayout.HuggingFace => SigLipNames.HuggingFace,
        _ => null,
    };

    public override ImageTowerConfig? TryReadOpenClip(ConfigSection vision, ImageSize resolution, bool quickGelu) =>
        SigLipInOpenClip.TryRead(vision, resolution);

    public override JsonObject WriteOpenClip(ImageTowerConfig config, bool quickGelu) => SigLipInOpenClip.Write((SigLipVisionConfig)config);

    public override ImageTowerOutline? TryOutline(TensorShapes shapes) =>
        TryOutline(shapes, "visual.trunk.patch_embed.proj.weight", shapes.TryOf("visual.trunk.pos_embed", 3)?[1], "visual.trunk.blocks.", "visual.trunk.attn_pool.latent")
        ?? TryOutline(
            shapes, "vision_model.embeddings.patch_embedding.weight", shapes.TryOf("vision_model.embeddings.position_embedding.weight", 2)?[0],
            "vision_model.encoder.layers.", "vision_model.head.probe");

    public override Tensor Resize(string parameter, Tensor stored, ImageTowerConfig from, ImageTowerConfig to) =>
        parameter == PositionResizer.Parameter
            ? PositionResizer.ResizeImage(stored.flatten(0, -2), classTokens: 0, ((SigLipVisionConfig)from).Grid, ((SigLipVisionConfig)to).Grid)
            : base.Resize(parameter, stored, from, to);

    private static ImageTowerOutline? TryOutline(TensorShapes shapes, string patch, long? positions, string blocks, string probe)
    {
        if (shapes.TryOf(patch, 4) is not { } patches || positions is null || !shapes.Contains(probe))
            return null;
        return new ImageTowerOutline(
            Name, PatchGrid.Resolution(positions.Value, patches[3]), (int)patches[3], patches[0], shapes.CountBlocks(blocks));
    }
}
