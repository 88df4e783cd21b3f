namespace Clip.Models;

/// <summary>FastViTs in the files and configs of Apple's code (apple/ml-mobileclip).</summary>
internal static class FastVitInApple
{
    private const string Root = "image_encoder.model.";
    private const string Branches = $"{Root}patch_embed.0.rbr_conv.0.conv.weight";
    private const string Folded = $"{Root}patch_embed.0.reparam_conv.weight";

    // All published models have it; weights do not show it.
    private const int PublishedResolution = 256;

    /// <summary>Whether a checkpoint holds such a tower.</summary>
    public static bool IsApple(TensorShapes shapes) => shapes.Contains(Branches) || IsFolded(shapes);

    /// <summary>Whether its branches are folded.</summary>
    public static bool IsFolded(TensorShapes shapes) => shapes.Contains(Folded);

    /// <summary>The names of the weights.</summary>
    public static TowerNames? Names(FastVitConfig config) => config.Head.Projection is TimmProjection.Linear && !config.Head.Bias
        ? new TowerNames("Apple's MobileCLIP", [KeyRule.Transpose("visual.head.proj.weight", $"{Root}head.proj"), new FastVitAppleNames(Root)])
        : null;

    /// <summary>Reads image_cfg; null where it describes another kind of tower.</summary>
    public static FastVitConfig? TryRead(ConfigSection image, ImageSize resolution)
    {
        if (image.Text("model_name") is not { } name || FastVitPresets.Find($"fastvit_{name}") is not { } preset)
            return null;
        return new FastVitConfig
        {
            Resolution = resolution,
            Head = new TimmHeadConfig(TimmProjection.Linear),
            Blocks = [.. image.IntegerOrList("layers") ?? preset.Blocks],
            Widths = [.. image.IntegerOrList("embed_dims") ?? preset.Widths],
            Reparameterized = image.Flag("inference_mode"),
        };
    }

    /// <summary>Reads the sizes of a published model off its weights; null where they are none's.</summary>
    public static FastVitConfig? TryInfer(TensorShapes shapes)
    {
        if (Sizes(shapes) is not { } sizes)
            return null;
        var config = new FastVitConfig
        {
            Resolution = PublishedResolution,
            Head = new TimmHeadConfig(TimmProjection.Linear),
            Blocks = [.. sizes.Select(stage => stage.Blocks)],
            Widths = [.. sizes.Select(stage => stage.Width)],
            Reparameterized = IsFolded(shapes),
        };
        return FastVitPresets.NameOf(config).IsExact ? config : null;
    }

    /// <summary>Reads what shows of any such tower; null where there is none.</summary>
    public static ImageTowerOutline? TryOutline(TensorShapes shapes) => Sizes(shapes) is { } sizes
        ? new ImageTowerOutline(FastVitFamily.Name, null, null, sizes[0].Width, sizes.Sum(stage => stage.Blocks))
        : null;

    private static List<(int Blocks, int Width)>? Sizes(TensorShapes shapes)
    {
        if (!IsApple(shapes))
            return null;
        var stages = new List<(int, int)>();
        for (var stage = 0; stage < FastVitAppleNames.MostStages; stage++)
        {
            var blocks = $"{Root}network.{FastVitAppleNames.BlocksOf(stage)}.";
            if (shapes.TryOf($"{blocks}0.convffn.fc2.weight", 4) is not { } contract)
                break;
            stages.Add((shapes.CountBlocks(blocks), shapes.Size(contract[0])));
        }
        return stages.Count == 0 ? null : stages;
    }
}
