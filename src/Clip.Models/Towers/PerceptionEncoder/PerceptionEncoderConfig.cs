namespace Clip.Models;

/// <summary>Sizes of a Perception Encoder: a vision transformer with rotary positions in two dimensions, pooled by attention.</summary>
/// <remarks>Source: Bolya et al. 2025, "Perception Encoder: The best visual embeddings are not at the output of the network", appendix B.</remarks>
public sealed record PerceptionEncoderConfig : TimmTowerConfig
{
    // Of the attention pooling, in all sizes.
    internal const int PoolHeads = 8;

    /// <summary>Side of a square patch, in pixels. Divides both sides of <see cref="ImageTowerConfig.Resolution"/>.</summary>
    public required int PatchSize { get; init; }

    /// <summary>The blocks over the patches. The channels of a head are a multiple of 4.</summary>
    public required TransformerConfig Transformer { get; init; }

    /// <summary>Whether a learned token stands before those of the patches.</summary>
    public bool ClassToken { get; init; } = true;

    /// <summary>
    /// The grid to which the coordinates of patches are scaled before they become angles, as timm does; null where they are never scaled, as in
    /// Meta's code. The two differ at other resolutions than that of training.
    /// </summary>
    public ImageSize? ReferenceGrid { get; init; }

    /// <inheritdoc/>
    public override int FeatureSize => Transformer.Width;

    /// <summary>Patches per column and per row of the image.</summary>
    public ImageSize Grid => new(Resolution.Height / PatchSize, Resolution.Width / PatchSize);

    /// <inheritdoc/>
    public override UsualPreprocessing UsualPreprocessing => UsualPreprocessing.PerceptionEncoder;

    internal override ImageFamily Family => PerceptionEncoderFamily.Instance;

    internal override ImageTowerOutline Outline =>
        new(PerceptionEncoderFamily.Name, Resolution.SquareSide, PatchSize, Transformer.Width, Transformer.Layers);

    internal PatchTokensConfig Patches => new()
    {
        PatchSize = PatchSize,
        Width = Transformer.Width,
        Grid = Grid,
        ClassToken = ClassToken,
        Bias = false,
        NormEpsilon = Transformer.NormEpsilon,
    };

    internal RotaryGrid Rotary => new()
    {
        Grid = Grid,
        Reference = ReferenceGrid ?? Grid,
        HeadSize = Transformer.Width / Transformer.Heads,
        PrefixTokens = ClassToken ? 1 : 0,
        Offset = ClassToken ? 1 : 0,
        ColumnsFirst = true,
    };

    internal override void Validate(ConfigCheck check)
    {
        base.Validate(check);
        PatchGrid.Validate(check, Resolution, PatchSize, mustDivide: true);
        check.That(Transformer is not null, nameof(Transformer), "it is missing");
        Transformer!.Validate(check.Of(nameof(Transformer)));
        RotaryGrid.Validate(check.Of(nameof(Transformer)), Transformer.Width, Transformer.Heads);
        check.That(
            Transformer.Width % PoolHeads == 0, nameof(Transformer), $"a width of {Transformer.Width} does not divide into the {PoolHeads} heads of the pooling");
        if (ReferenceGrid is { } reference)
        {
            check.InRange(reference.Height, 1, ConfigCheck.LargestResolution, "ReferenceGrid.Height");
            check.InRange(reference.Width, 1, ConfigCheck.LargestResolution, "ReferenceGrid.Width");
        }
    }
}
