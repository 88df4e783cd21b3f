using System.Text.Json.Nodes;

namespace Clip.Models;

/// <summary>ResNets with CLIP's changes (Radford et al. 2021, section 2.4).</summary>
internal sealed class ModifiedResNetFamily : ImageFamily
{
    public const string Name = "ModifiedResNet";

    private const string PoolPositions = "visual.attnpool.positional_embedding";

    private ModifiedResNetFamily()
    {
    }

    public static ModifiedResNetFamily Instance { get; } = new();

    public override string WhyNotResizable =>
        "The resolution of a ResNet tower is that of its weights; its position embeddings are not interpolated.";

    public override ImageTower Create(ImageTowerConfig config, int embeddingSize, WeightFactory weights) =>
        new ResNetTower((ModifiedResNetConfig)config, embeddingSize, weights);

    public override TowerNames? Names(WeightLayout layout) =>
        layout == WeightLayout.Native ? new TowerNames("native", [new PrefixRule("visual.", "visual.")]) : null;

    public override ImageTowerConfig? TryReadOpenClip(ConfigSection vision, ImageSize resolution, bool quickGelu) =>
        !vision.Has("timm_model_name") && vision.IntegerOrList("layers") is { Count: > 1 } blocks
            ? ResNetInOpenClip.Read(vision, resolution, blocks)
            : null;

    public override JsonObject WriteOpenClip(ImageTowerConfig config, bool quickGelu) => ResNetInOpenClip.Write((ModifiedResNetConfig)config);

    public override ImageTowerConfig? TryInfer(TensorShapes shapes, Activation activation)
    {
        if (!shapes.Contains(PoolPositions))
            return null;
        var width = shapes.Size(shapes.Of("visual.layer1.0.conv1.weight", rank: 4)[0]);
        var places = shapes.Of(PoolPositions, rank: 2)[0] - 1;
        return new ModifiedResNetConfig
        {
            Resolution = shapes.Size(ModifiedResNetConfig.Stride * TensorShapes.NearestSide(places)),
            Blocks = [.. Stages(shapes)],
            Width = width,
            Heads = 32 * width / DualEncoderConfig.HeadWidth,
        };
    }

    public override ImageTowerOutline? TryOutline(TensorShapes shapes)
    {
        if (shapes.TryOf("visual.conv1.weight", 4) is not { } stem || shapes.TryOf(PoolPositions, 2) is not { } positions)
            return null;
        return new ImageTowerOutline(
            Name, PatchGrid.Resolution(positions[0] - 1, ModifiedResNetConfig.Stride), null, Width: stem[0] * 2, Stages(shapes).Sum());
    }

    private static IEnumerable<int> Stages(TensorShapes shapes) =>
        Enumerable.Range(1, 4).Select(stage => shapes.CountBlocks($"visual.layer{stage}."));
}
