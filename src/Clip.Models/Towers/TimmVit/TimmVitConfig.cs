namespace Clip.Models;

/// <summary>Sizes and choices of timm's vision transformer.</summary>
/// <remarks>Source: Dosovitskiy et al. 2020, "An Image is Worth 16x16 Words"; the choices are those of timm's VisionTransformer.</remarks>
public sealed record TimmVitConfig : TimmTowerConfig
{
    /// <summary>Side of a square patch, in pixels. Divides both sides of <see cref="ImageTowerConfig.Resolution"/>.</summary>
    public required int PatchSize { get; init; }

    /// <summary>The blocks over the patches.</summary>
    public required TransformerConfig Transformer { get; init; }

    /// <summary>Whether a learned token stands before those of the patches.</summary>
    public bool ClassToken { get; init; } = true;

    /// <summary>Whether the class token has a position of its own.</summary>
    public bool ClassPosition { get; init; } = true;

    /// <summary>Whether a layer norm stands before the first block; the projection of patches then has no bias.</summary>
    public bool NormBeforeBlocks { get; init; }

    /// <summary>Whether queries, keys and values have a bias.</summary>
    public bool AttentionBias { get; init; } = true;

    /// <summary>How the tokens become one feature vector; an average leaves the class token out.</summary>
    public ImagePooling Pooling { get; init; } = ImagePooling.ClassToken;

    /// <summary>Whether the last layer norm works on the pooled vector rather than on each token before pooling.</summary>
    public bool NormAfterPooling { get; init; }

    /// <summary>Whether three convolutions make the patches, as in MobileCLIP-B (Vasu et al. 2023, section 4); patches then have 16 pixels.</summary>
    public bool ConvolutionStem { get; init; }

    /// <summary>Whether the first of those convolutions sees a pixel of zeros around the image, as in Apple's code and not in timm's.</summary>
    public bool PaddedStem { get; init; }

    /// <inheritdoc/>
    public override int FeatureSize => Transformer.Width;

    /// <summary>Patches per column and per row of the image.</summary>
    public ImageSize Grid => new(Resolution.Height / PatchSize, Resolution.Width / PatchSize);

    internal override ImageFamily Family => TimmVitFamily.Instance;

    internal override ImageTowerOutline Outline => new(TimmVitFamily.Name, Resolution.SquareSide, PatchSize, Transformer.Width, Transformer.Layers);

    internal PatchTokensConfig Patches => new()
    {
        PatchSize = PatchSize,
        Width = Transformer.Width,
        Grid = Grid,
        ClassToken = ClassToken,
        ClassPosition = ClassPosition,
        Bias = !NormBeforeBlocks,
        NormEpsilon = NormBeforeBlocks ? Transformer.NormEpsilon : null,
        ConvolutionStem = ConvolutionStem,
        PaddedStem = PaddedStem,
    };

    internal override void Validate(ConfigCheck check)
    {
        base.Validate(check);
        PatchGrid.Validate(check, Resolution, PatchSize, mustDivide: true);
        check.IsDefined(Pooling);
        check.That(ClassToken || Pooling != ImagePooling.ClassToken, nameof(Pooling), "there is no class token to pool");
        check.That(Transformer is not null, nameof(Transformer), "it is missing");
        Transformer!.Validate(check.Of(nameof(Transformer)));
        check.That(!ConvolutionStem || PatchSize == 16, nameof(PatchSize), $"the convolution stem makes patches of 16 pixels, not {PatchSize}");
        check.That(
            !ConvolutionStem || Transformer.Width >= 4, nameof(ConvolutionStem), $"a width of {Transformer.Width} leaves its first convolutions no channels");
        check.That(!PaddedStem || ConvolutionStem, nameof(PaddedStem), "there is no convolution stem to pad");
    }
}
