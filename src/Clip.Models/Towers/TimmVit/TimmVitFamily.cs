using System.Text.Json.Nodes;

namespace Clip.Models;

/// <summary>The vision transformers of timm.</summary>
internal sealed class TimmVitFamily : TimmFamily
{
    public const string Name = "TimmVisionTransformer";

    private TimmVitFamily()
    {
    }

    public static TimmVitFamily Instance { get; } = new();

    // open_clip builds and publishes all such models as CustomTextCLIP.
    public override bool NeedsTextPrefix => true;

    protected override string Kind => "ViT of timm";

    public override TowerNames? Names(WeightLayout layout) => layout == WeightLayout.Native ? TimmVitNames.Native : null;

    public override TowerNames? Names(Publisher publisher, ImageTowerConfig config) =>
        publisher == Publisher.Apple ? TimmVitInApple.Names((TimmVitConfig)config) : null;

    public override ImageTowerConfig? TryReadApple(ConfigSection image, ImageSize resolution) => TimmVitInApple.TryRead(image, resolution);

    public override ImageTowerConfig? TryInferApple(TensorShapes shapes) => TimmVitInApple.TryInfer(shapes);

    /// <summary>Apple's projection has no bias, where open_clip has the network's own classifier.</summary>
    public override ImageTowerConfig Fit(ImageTowerConfig config, TensorShapes shapes) =>
        config is TimmVitConfig { Head.Projection: TimmProjection.Classifier } vit && TimmVitInApple.IsApple(shapes)
            ? vit with { Head = new TimmHeadConfig(TimmProjection.Linear) }
            : config;

    public override ImageTowerOutline? TryOutline(TensorShapes shapes)
    {
        const string Blocks = "visual.trunk.blocks.";

        if (TimmVitInApple.TryOutline(shapes) is { } apple)
            return apple;
        var plain = shapes.TryOf("visual.trunk.patch_embed.proj.weight", 4);
        var stem = shapes.TryOf("visual.trunk.patch_embed.backbone.2.conv.weight", 4);
        if ((plain ?? stem) is not { } patches || shapes.TryOf("visual.trunk.pos_embed", 3) is not { } positions
            || !shapes.Contains($"{Blocks}0.attn.qkv.weight") || !shapes.Contains($"{Blocks}0.mlp.fc1.weight")
            || shapes.Contains($"{Blocks}0.attn.q_bias") || shapes.Contains("visual.trunk.attn_pool.latent"))
        {
            return null;
        }
        // Eight pixels have become one before the last convolution of a stem.
        var patch = (int)(plain is null ? 8 * patches[3] : patches[3]);
        return new ImageTowerOutline(Name, PatchGrid.Resolution(positions[1], patch) ?? PatchGrid.Resolution(positions[1] - 1, patch), patch, patches[0], shapes.CountBlocks(Blocks));
    }

    public override Tensor Resize(string parameter, Tensor stored, ImageTowerConfig from, ImageTowerConfig to)
    {
        if (!parameter.EndsWith($".{PositionResizer.Parameter}", StringComparison.Ordinal))
            return base.Resize(parameter, stored, from, to);
        var (source, target) = ((TimmVitConfig)from, (TimmVitConfig)to);
        return PositionResizer.ResizeImage(stored.flatten(0, -2), source.Patches.HasClassPosition ? 1 : 0, source.Grid, target.Grid);
    }

    protected override TimmTrunk CreateTrunk(TimmTowerConfig config, int? classes, WeightFactory weights) =>
        new TimmVitTrunk((TimmVitConfig)config, classes, weights);

    protected override TimmTowerConfig? TryRead(TimmSettings settings) => TimmVitInOpenClip.TryRead(settings);

    protected override JsonObject Write(TimmTowerConfig config) => TimmVitInOpenClip.Write((TimmVitConfig)config);
}
