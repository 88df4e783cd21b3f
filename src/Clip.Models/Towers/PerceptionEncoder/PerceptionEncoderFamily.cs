using System.Text.Json.Nodes;

namespace Clip.Models;

/// <summary>Meta's Perception Encoders (Bolya et al. 2025), in open_clip's form and in Meta's own.</summary>
internal sealed class PerceptionEncoderFamily : TimmFamily
{
    public const string Name = "PerceptionEncoder";

    // Heads of the largest size have 96 channels, all others 64 (facebookresearch/perception_models, core/vision_encoder/config.py).
    private const int LargestWidth = 1536, LargestHeads = 16;

    private PerceptionEncoderFamily()
    {
    }

    public static PerceptionEncoderFamily Instance { get; } = new();

    // open_clip builds and publishes all such models as CustomTextCLIP.
    public override bool NeedsTextPrefix => true;

    protected override string Kind => "PE-Core";

    public override TowerNames? Names(WeightLayout layout) => layout == WeightLayout.Native ? PerceptionEncoderNames.Native : null;

    public override TowerNames? Names(Publisher publisher, ImageTowerConfig config) => publisher == Publisher.Meta ? PerceptionEncoderNames.Original : null;

    public override Activation? TryInferActivation(TensorShapes shapes) => IsOriginal(shapes) ? Activation.Gelu : null;

    public override ImageTowerConfig? TryInfer(TensorShapes shapes, Activation activation)
    {
        if (!IsOriginal(shapes))
            return null;
        var patches = shapes.Of("visual.conv1.weight", rank: 4);                            // [W, 3, patch, patch]
        var (width, patchSize) = (shapes.Size(patches[0]), shapes.Size(patches[3]));
        var classToken = shapes.Contains("visual.class_embedding");
        var places = shapes.Of("visual.positional_embedding", rank: 2)[0] - (classToken ? 1 : 0);
        return new PerceptionEncoderConfig
        {
            Resolution = shapes.Size(patchSize * TensorShapes.NearestSide(places)),
            PatchSize = patchSize,
            Head = new TimmHeadConfig(TimmProjection.Linear),
            ClassToken = classToken,
            Transformer = shapes.Transformer("visual.transformer.resblocks.", width, activation) with
            {
                Heads = width == LargestWidth ? LargestHeads : Math.Max(1, width / DualEncoderConfig.HeadWidth),
                MlpWidth = shapes.Size(shapes.Of("visual.transformer.resblocks.0.mlp.c_fc.weight", rank: 2)[0]),
            },
        };
    }

    public override ImageTowerOutline? TryOutline(TensorShapes shapes) =>
        shapes.Contains("visual.trunk.norm_pre.weight") && shapes.Contains("visual.trunk.attn_pool.latent")
            ? TryOutline(shapes, "visual.trunk.patch_embed.proj.weight", shapes.TryOf("visual.trunk.pos_embed", 3)?[1], "visual.trunk.blocks.")
            : IsOriginal(shapes)
            ? TryOutline(shapes, "visual.conv1.weight", shapes.TryOf("visual.positional_embedding", 2)?[0], "visual.transformer.resblocks.")
            : null;

    public override Tensor Resize(string parameter, Tensor stored, ImageTowerConfig from, ImageTowerConfig to)
    {
        if (!parameter.EndsWith($".{PositionResizer.Parameter}", StringComparison.Ordinal))
            return base.Resize(parameter, stored, from, to);
        var (source, target) = ((PerceptionEncoderConfig)from, (PerceptionEncoderConfig)to);
        var (positions, prefix) = (stored.flatten(0, -2), source.ClassToken ? 1 : 0);
        // Where coordinates are not scaled the tower is Meta's, and so is the interpolation.
        return source.ReferenceGrid is null
            ? PositionResizer.ResizeBilinear(positions, prefix, source.Grid, target.Grid)
            : PositionResizer.ResizeImage(positions, prefix, source.Grid, target.Grid);
    }

    protected override TimmTrunk CreateTrunk(TimmTowerConfig config, int? classes, WeightFactory weights) =>
        new PerceptionEncoderTrunk((PerceptionEncoderConfig)config, classes, weights);

    protected override TimmTowerConfig? TryRead(TimmSettings settings) => PerceptionEncoderInOpenClip.TryRead(settings);

    protected override JsonObject Write(TimmTowerConfig config) => PerceptionEncoderInOpenClip.Write((PerceptionEncoderConfig)config);

    private static bool IsOriginal(TensorShapes shapes) => shapes.Contains("visual.attn_pool.probe") && shapes.Contains("visual.attn_pool.layernorm.weight");

    private static ImageTowerOutline? TryOutline(TensorShapes shapes, string patch, long? positions, string blocks)
    {
        if (shapes.TryOf(patch, 4) is not { } patches || positions is not { } places)
            return null;
        var resolution = PatchGrid.Resolution(places, patches[3]) ?? PatchGrid.Resolution(places - 1, patches[3]);
        return new ImageTowerOutline(Name, resolution, (int)patches[3], patches[0], shapes.CountBlocks(blocks));
    }
}
