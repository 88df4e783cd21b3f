using static Clip.Models.KeyRule;

namespace Clip.Models;

/// <summary>MobileCLIP-B's vision transformer in the files and configs of Apple's code (apple/ml-mobileclip, mobileclip/models/vit.py).</summary>
internal static class TimmVitInApple
{
    private const string Root = "image_encoder.model.", Blocks = $"{Root}transformer.", Model = "vit_b16";
    private const string ClassToken = $"{Root}cls_token", Positions = $"{Root}pos_embed.pos_embed.pos_embed";
    private const string Projection = $"{Root}classifier.proj", LastConvolution = $"{Root}patch_emb.2.block.conv";

    // The only one: neither configs nor shapes show the heads.
    private const int Patch = 16, Width = 768, Layers = 12, Heads = 12, PublishedResolution = 224;

    /// <summary>Whether a checkpoint holds such a tower.</summary>
    public static bool IsApple(TensorShapes shapes) => shapes.Contains(ClassToken) && shapes.Contains(Projection);

    /// <summary>The names of the weights; null where Apple's code has no such tower.</summary>
    public static TowerNames? Names(TimmVitConfig config) =>
        config is
        {
            ConvolutionStem: true, PaddedStem: true, ClassToken: true, ClassPosition: false, NormBeforeBlocks: false, NormAfterPooling: false, AttentionBias: true,
            Transformer.LayerScale: null, Head: { Projection: TimmProjection.Linear, Bias: false },
        }
            ? new TowerNames("Apple's MobileCLIP", Rules)
            : null;

    /// <summary>Reads image_cfg; null where it describes another kind of tower.</summary>
    public static TimmVitConfig? TryRead(ConfigSection image, ImageSize resolution) => image.Text("model_name") is Model ? Config(resolution) : null;

    /// <summary>The published tower, where a checkpoint holds it.</summary>
    public static TimmVitConfig? TryInfer(TensorShapes shapes) =>
        IsApple(shapes) && TryOutline(shapes) is { Resolution: PublishedResolution, Width: Width, Layers: Layers } ? Config(PublishedResolution) : null;

    /// <summary>Reads what shows of any such tower; null where there is none.</summary>
    public static ImageTowerOutline? TryOutline(TensorShapes shapes) =>
        IsApple(shapes) && shapes.TryOf($"{LastConvolution}.weight", 4) is { } patches && shapes.TryOf(Positions, 4) is { } positions
            ? new ImageTowerOutline(TimmVitFamily.Name, PatchGrid.Resolution(positions[2], Patch), Patch, patches[0], shapes.CountBlocks(Blocks))
            : null;

    private static IReadOnlyList<KeyRule> Rules { get; } =
    [
        .. new[] { "weight", "bias", "running_mean", "running_var", "num_batches_tracked" }
            .Select(part => Rename($"visual.trunk.embed.stem.{{i}}.bn.{part}", $"{Root}patch_emb.{{i}}.block.norm.{part}")),
        Rename("visual.trunk.embed.stem.{i}.conv.weight", $"{Root}patch_emb.{{i}}.block.conv.weight"),
        .. RenameBoth("visual.trunk.embed.stem_out", LastConvolution),
        new PatternRule("visual.trunk.embed.class_embedding", (ClassToken, token => token.view(1, 1, -1))),
        new PatternRule($"visual.trunk.embed.{PositionResizer.Parameter}", (Positions, positions => positions.unsqueeze(0).unsqueeze(0))),
        .. Block("visual.trunk.transformer.resblocks.{i}", $"{Blocks}{{i}}"),
        .. RenameBoth("visual.trunk.ln_post", $"{Root}post_transformer_norm"),
        Transpose("visual.head.proj.weight", Projection),
    ];

    private static IEnumerable<KeyRule> Block(string block, string layer) =>
    [
        .. RenameBoth($"{block}.ln_1", $"{layer}.pre_norm_mha.0"),
        Rename($"{block}.attn.in_proj_weight", $"{layer}.pre_norm_mha.1.qkv_proj.weight"),
        Rename($"{block}.attn.in_proj_bias", $"{layer}.pre_norm_mha.1.qkv_proj.bias"),
        .. RenameBoth($"{block}.attn.out_proj", $"{layer}.pre_norm_mha.1.out_proj"),
        .. RenameBoth($"{block}.ln_2", $"{layer}.pre_norm_ffn.0"),
        .. RenameBoth($"{block}.mlp.c_fc", $"{layer}.pre_norm_ffn.1"),
        .. RenameBoth($"{block}.mlp.c_proj", $"{layer}.pre_norm_ffn.4"),
    ];

    private static TimmVitConfig Config(ImageSize resolution) => new()
    {
        Resolution = resolution,
        Head = new TimmHeadConfig(TimmProjection.Linear),
        PatchSize = Patch,
        ClassPosition = false,
        ConvolutionStem = true,
        PaddedStem = true,
        Transformer = new TransformerConfig { Width = Width, Layers = Layers, Heads = Heads, Activation = Activation.Gelu },
    };
}
