using System.Text.Json.Nodes;

namespace Clip.Models;

/// <summary>CLIP's vision transformers (Radford et al. 2021, section 2.4), with open_clip's variations.</summary>
internal sealed class VisionTransformerFamily : ImageFamily
{
    public const string Name = "VisionTransformer";

    private VisionTransformerFamily()
    {
    }

    public static VisionTransformerFamily Instance { get; } = new();

    public override HuggingFaceModel HuggingFace { get; } = new HuggingFaceClip("clip", "CLIPModel", hasHalves: true);

    public override ImageTower Create(ImageTowerConfig config, int embeddingSize, WeightFactory weights) =>
        new VisionTransformerTower((VisionTransformerConfig)config, embeddingSize, weights);

    public override TowerNames? Names(WeightLayout layout) => layout switch
    {
        WeightLayout.Native => new TowerNames("native", [new PrefixRule("visual.", "visual.")]),
        WeightLayout.HuggingFace => VisionTransformerNames.HuggingFace,
        _ => null,
    };

    public override ImageTowerConfig? TryReadOpenClip(ConfigSection vision, ImageSize resolution, bool quickGelu) =>
        vision.Has("timm_model_name") ? null : VisionTransformerInOpenClip.Read(vision, resolution, quickGelu);

    public override JsonObject WriteOpenClip(ImageTowerConfig config, bool quickGelu) =>
        VisionTransformerInOpenClip.Write((VisionTransformerConfig)config, quickGelu);

    public override ImageTowerConfig? TryInfer(TensorShapes shapes, Activation activation)
    {
        if (!shapes.Contains("visual.proj"))
            return null;
        var patches = shapes.Of("visual.conv1.weight", rank: 4);                            // [W, 3, patch, patch]
        var patchSize = shapes.Size(patches[3]);
        var places = shapes.Of("visual.positional_embedding", rank: 2)[0] - 1;
        return new VisionTransformerConfig
        {
            Resolution = shapes.Size(patchSize * TensorShapes.NearestSide(places)),
            PatchSize = patchSize,
            Transformer = shapes.Transformer("visual.transformer.resblocks.", patches[0], activation),
        };
    }

    public override ImageTowerOutline? TryOutline(TensorShapes shapes) =>
        TryOutline(shapes, "visual.conv1.weight", "visual.positional_embedding", "visual.transformer.resblocks.", "visual.proj")
        ?? TryOutline(
            shapes, "vision_model.embeddings.patch_embedding.weight", "vision_model.embeddings.position_embedding.weight",
            "vision_model.encoder.layers.", "vision_model.pre_layrnorm.weight");      // sic; a tower alone need not be projected

    public override Tensor Resize(string parameter, Tensor stored, ImageTowerConfig from, ImageTowerConfig to) =>
        parameter == PositionResizer.Parameter
            ? PositionResizer.ResizeImage(stored, classTokens: 1, ((VisionTransformerConfig)from).Grid, ((VisionTransformerConfig)to).Grid)
            : base.Resize(parameter, stored, from, to);

    private static ImageTowerOutline? TryOutline(TensorShapes shapes, string patch, string position, string blocks, string sign)
    {
        if (shapes.TryOf(patch, 4) is not { } patches || shapes.TryOf(position, 2) is not { } positions || !shapes.Contains(sign))
            return null;
        return new ImageTowerOutline(
            Name, PatchGrid.Resolution(positions[0] - 1, patches[3]), (int)patches[3], patches[0], shapes.CountBlocks(blocks));
    }
}
