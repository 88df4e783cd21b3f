namespace Clip.Models;

/// <summary>Sizes of SigLIP 2's image tower for images of any aspect ratio, NaFlex.</summary>
/// <remarks>
/// Source: Tschannen et al. 2025, "SigLIP 2", section 2.4.2; Dehghani et al. 2023, "Patch n' Pack: NaViT".
/// <see cref="ImageTowerConfig.Resolution"/> is one size among those that the tower takes.
/// </remarks>
public sealed record NaFlexVisionConfig : ImageTowerConfig
{
    /// <summary>Side of a square patch, in pixels. Divides both sides of every image.</summary>
    public required int PatchSize { get; init; }

    /// <summary>The most patches of an image that preprocessing makes.</summary>
    public required int MaxPatches { get; init; }

    /// <summary>The grid of the learned position embeddings, which are resized to that of each image.</summary>
    public required ImageSize PositionGrid { get; init; }

    /// <summary>How they are resized.</summary>
    public required PositionInterpolation PositionInterpolation { get; init; }

    /// <summary>The blocks over the patches; the pooling head has the same width, heads and activation.</summary>
    public required TransformerConfig Transformer { get; init; }

    /// <inheritdoc/>
    public override int FeatureSize => Transformer.Width;

    /// <inheritdoc/>
    public override int? FlexiblePatchSize => PatchSize;

    /// <inheritdoc/>
    public override UsualPreprocessing UsualPreprocessing => UsualPreprocessing.SigLip;

    internal override ImageFamily Family => NaFlexFamily.Instance;

    internal override ImageTowerOutline Outline => new(
        NaFlexFamily.Name, PositionGrid.SquareSide * PatchSize, PatchSize, Transformer.Width, Transformer.Layers);

    internal override void ValidateEmbedding(int embeddingSize, ConfigCheck check) => check.That(
        FeatureSize == embeddingSize,
        nameof(DualEncoderConfig.EmbeddingSize),
        $"SigLIP's image features of {FeatureSize} channels are not projected, but embeddings have {embeddingSize}");

    internal override void Validate(ConfigCheck check)
    {
        PatchGrid.Validate(check, Resolution, PatchSize, mustDivide: true);
        check.InRange(MaxPatches, 1, ConfigCheck.LargestResolution);
        check.InRange(PositionGrid.Height, 1, ConfigCheck.LargestResolution, "PositionGrid.Height");
        check.InRange(PositionGrid.Width, 1, ConfigCheck.LargestResolution, "PositionGrid.Width");
        check.That(Enum.IsDefined(PositionInterpolation), nameof(PositionInterpolation), $"there is no {PositionInterpolation}");
        check.That(Transformer is not null, nameof(Transformer), "it is missing");
        Transformer!.Validate(check.Of(nameof(Transformer)));
    }
}
