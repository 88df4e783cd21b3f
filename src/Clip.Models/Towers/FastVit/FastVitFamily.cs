using System.Text.Json.Nodes;

namespace Clip.Models;

/// <summary>FastViTs of MobileCLIP and MobileCLIP2.</summary>
internal sealed class FastVitFamily : TimmFamily
{
    public const string Name = "FastViT";

    private const string Pool = "avg";
    private const string Folded = "inference_mode";
    private const string Trunk = "visual.trunk.";

    private FastVitFamily()
    {
    }

    public static FastVitFamily Instance { get; } = new();

    protected override string Kind => Name;

    public override bool NeedsTextPrefix => true;

    public override TowerNames? Names(Publisher publisher, ImageTowerConfig config) =>
        publisher == Publisher.Apple ? FastVitInApple.Names((FastVitConfig)config) : null;

    public override ImageTowerConfig? TryReadApple(ConfigSection image, ImageSize resolution) => FastVitInApple.TryRead(image, resolution);

    public override ImageTowerConfig? TryInferApple(TensorShapes shapes) => FastVitInApple.TryInfer(shapes);

    /// <summary>Files with branches and files with folded ones have the same config; Apple's projection has no bias.</summary>
    public override ImageTowerConfig Fit(ImageTowerConfig config, TensorShapes shapes)
    {
        var tower = (FastVitConfig)config;
        if (FastVitInApple.IsApple(shapes))
        {
            if (tower.Head.Projection == TimmProjection.Classifier)
                tower = tower with { Head = new TimmHeadConfig(TimmProjection.Linear) };
            return tower with { Reparameterized = FastVitInApple.IsFolded(shapes) };
        }
        if (shapes.Contains($"{Trunk}stem.0.reparam_conv.weight"))
            return tower with { Reparameterized = true };
        return shapes.Contains($"{Trunk}stem.0.conv_kxk.0.conv.weight") ? tower with { Reparameterized = false } : tower;
    }

    public override ImageTowerOutline? TryOutline(TensorShapes shapes)
    {
        if (FastVitInApple.TryOutline(shapes) is { } outline)
            return outline;
        if (!shapes.Contains($"{Trunk}final_conv.se.fc1.weight")
            || (shapes.TryOf($"{Trunk}stem.2.reparam_conv.weight", 4) ?? shapes.TryOf($"{Trunk}stem.2.conv_kxk.0.conv.weight", 4)) is not { } stem)
        {
            return null;
        }
        var stages = shapes.CountBlocks($"{Trunk}stages.");
        return new ImageTowerOutline(Name, null, null, stem[0], Enumerable.Range(0, stages).Sum(stage => shapes.CountBlocks($"{Trunk}stages.{stage}.blocks.")));
    }

    protected override TimmTrunk CreateTrunk(TimmTowerConfig config, int? classes, WeightFactory weights) =>
        new FastVitTrunk((FastVitConfig)config, classes, weights);

    protected override TimmTowerConfig? TryRead(TimmSettings settings)
    {
        if (FastVitPresets.Find(settings.Name) is not { } preset)
            return null;
        settings.RequirePool(Pool, "");
        return new FastVitConfig
        {
            Resolution = settings.Resolution,
            Head = settings.Head,
            Blocks = [.. settings.Integers("layers", preset.Blocks)],
            Widths = [.. settings.Integers("embed_dims", preset.Widths)],
            Reparameterized = settings.Sizes?.Flag(Folded) ?? false,
        };
    }

    protected override JsonObject Write(TimmTowerConfig config)
    {
        var tower = (FastVitConfig)config;
        var (name, isExact) = FastVitPresets.NameOf(tower);
        var sizes = new JsonObject();
        if (!isExact)
        {
            sizes["layers"] = new JsonArray([.. tower.Blocks.Select(count => JsonValue.Create(count))]);
            sizes["embed_dims"] = new JsonArray([.. tower.Widths.Select(width => JsonValue.Create(width))]);
        }
        if (tower.Reparameterized)
            sizes[Folded] = true;
        return TimmVision.Write(tower, name, Pool, sizes);
    }
}
