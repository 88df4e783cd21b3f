using System.Text.Json.Nodes;

namespace Clip.Models;

/// <summary>ViTamins (Chen et al. 2024).</summary>
internal sealed class ViTaminFamily : TimmFamily
{
    public const string Name = "ViTamin";

    private const string Trunk = "visual.trunk.";

    private ViTaminFamily()
    {
    }

    public static ViTaminFamily Instance { get; } = new();

    // open_clip's configs of ViTamins say custom_text.
    public override bool NeedsTextPrefix => true;

    protected override string Kind => Name;

    public override ImageTowerOutline? TryOutline(TensorShapes shapes)
    {
        if (shapes.TryOf(Trunk + "patch_embed.backbone.pool.proj.weight", 4) is not { } tokens)
            return null;
        var resolution = shapes.TryOf(Trunk + ViTaminTrunk.PositionsName, 3) is { } positions
            ? PatchGrid.Resolution(positions[1], ViTaminConfig.Stride)
            : null;
        return new ImageTowerOutline(Name, resolution, null, tokens[0], shapes.CountBlocks(Trunk + "blocks."));
    }

    public override Tensor Resize(string parameter, Tensor stored, ImageTowerConfig from, ImageTowerConfig to) =>
        parameter == "trunk." + ViTaminTrunk.PositionsName
            ? PositionResizer.ResizeImage(stored.flatten(0, -2), classTokens: 0, ((ViTaminConfig)from).Grid, ((ViTaminConfig)to).Grid)
            : base.Resize(parameter, stored, from, to);

    protected override TimmTrunk CreateTrunk(TimmTowerConfig config, int? classes, WeightFactory weights) =>
        new ViTaminTrunk(weights, (ViTaminConfig)config, classes);

    protected override TimmTowerConfig? TryRead(TimmSettings settings) => ViTaminInTimm.TryRead(settings);

    protected override JsonObject Write(TimmTowerConfig config) => ViTaminInTimm.Write((ViTaminConfig)config);
}
