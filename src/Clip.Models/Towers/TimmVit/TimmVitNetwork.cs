namespace Clip.Models;

/// <summary>A vision transformer that timm has a name for; the values are those of timm's vision_transformer.py.</summary>
/// <param name="Name">timm's name.</param>
/// <param name="Resolution">Side of the input, in pixels.</param>
/// <param name="Patch">Side of a patch, in pixels.</param>
/// <param name="Width">Channels of a token.</param>
/// <param name="Layers">Blocks.</param>
/// <param name="Heads">Attention heads.</param>
internal sealed record TimmVitNetwork(string Name, int Resolution, int Patch, int Width, int Layers, int Heads)
{
    // MLPs of all these networks are four times as wide.
    public const double MlpRatio = 4;

    /// <summary>All networks, those without peculiarities first.</summary>
    public static IReadOnlyList<TimmVitNetwork> All { get; } =
    [
        new("vit_base_patch16_224", 224, 16, 768, 12, 12),
        new("vit_base_patch32_224", 224, 32, 768, 12, 12),
        new("vit_small_patch16_224", 224, 16, 384, 12, 6),
        new("vit_large_patch16_224", 224, 16, 1024, 24, 16),
        new("vit_base_patch16_clip_224", 224, 16, 768, 12, 12) { NormBeforeBlocks = true, NormEpsilon = 1e-5 },
        new("vit_base_patch32_clip_224", 224, 32, 768, 12, 12) { NormBeforeBlocks = true, NormEpsilon = 1e-5 },
        new("vit_large_patch14_clip_224", 224, 14, 1024, 24, 16) { NormBeforeBlocks = true, NormEpsilon = 1e-5 },
        new("vit_large_patch14_clip_336", 336, 14, 1024, 24, 16) { NormBeforeBlocks = true, NormEpsilon = 1e-5 },
        new("vit_huge_patch14_clip_224", 224, 14, 1280, 32, 16) { NormBeforeBlocks = true, NormEpsilon = 1e-5 },
        new("vit_base_mci_224", 224, 16, 768, 12, 12) { ClassPosition = false, ConvolutionStem = true },
        new("vit_medium_patch16_gap_256", 256, 16, 512, 12, 8)
        {
            ClassToken = false, Pooling = ImagePooling.Average, AttentionBias = false, LayerScale = 1e-6,
        },
    ];

    /// <summary>Whether there is a class token.</summary>
    public bool ClassToken { get; init; } = true;

    /// <summary>Whether it has a position.</summary>
    public bool ClassPosition { get; init; } = true;

    /// <summary>Whether a norm stands before the blocks.</summary>
    public bool NormBeforeBlocks { get; init; }

    /// <summary>Whether queries, keys and values have a bias.</summary>
    public bool AttentionBias { get; init; } = true;

    /// <summary>Whether convolutions make the patches.</summary>
    public bool ConvolutionStem { get; init; }

    /// <summary>What norms add to the variance.</summary>
    public double NormEpsilon { get; init; } = 1e-6;

    /// <summary>The initial gains of branches; null for none.</summary>
    public double? LayerScale { get; init; }

    /// <summary>How tokens are pooled where nobody says so.</summary>
    public ImagePooling Pooling { get; init; } = ImagePooling.ClassToken;

    /// <summary>Whether a tower differs from this network in nothing but sizes that timm takes as arguments.</summary>
    public bool Fits(TimmVitConfig config) =>
        (config.ClassToken, config.ClassToken && !config.ClassPosition) == (ClassToken, ClassToken && !ClassPosition)
        && (config.NormBeforeBlocks, config.AttentionBias) == (NormBeforeBlocks, AttentionBias)
        && (config.ConvolutionStem, config.PaddedStem) == (ConvolutionStem, false)
        && (config.Transformer.NormEpsilon, config.Transformer.LayerScale, config.Transformer.Activation) == (NormEpsilon, LayerScale, Activation.Gelu);
}
