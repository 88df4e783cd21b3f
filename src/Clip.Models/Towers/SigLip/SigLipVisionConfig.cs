namespace Clip.Models;

/// <summary>Sizes of SigLIP's image tower: a vision transformer without class token, pooled by attention.</summary>
/// <remarks>Source: Zhai et al. 2023, "Sigmoid Loss for Language Image Pre-Training"; the head of Zhai et al. 2022, "Scaling Vision Transformers", section 3.2.</remarks>
public sealed record SigLipVisionConfig : ImageTowerConfig
{
    /// <summary>Side of a square patch, in pixels; pixels beyond the last whole patch are not seen, as in the models of 384 pixels and patch 14.</summary>
    public required int PatchSize { get; init; }

    /// <summary>The blocks over the patches; the pooling head has the same width, heads and activation.</summary>
    public required TransformerConfig Transformer { get; init; }

    /// <inheritdoc/>
    public override int FeatureSize => Transformer.Width;

    /// <summary>Patches per column and per row of the picture.</summary>
    public ImageSize Grid => new(Resolution.Height / PatchSize, Resolution.Width / PatchSize);

    /// <inheritdoc/>
    public override UsualPreprocessing UsualPreprocessing => UsualPreprocessing.SigLip;

    internal override ImageFamily Family => SigLipFamily.Instance;

    internal override ImageTowerOutline Outline =>
        new(SigLipFamily.Name, Resolution.SquareSide, PatchSize, Transformer.Width, Transformer.Layers);

    internal override void ValidateEmbedding(int embeddingSize, ConfigCheck check) => check.That(
        FeatureSize == embeddingSize,
        nameof(DualEncoderConfig.EmbeddingSize),
        $"SigLIP's image features of {FeatureSize} channels are not projected, but embeddings have {embeddingSize}");

    internal override void Validate(ConfigCheck check)
    {
        PatchGrid.Validate(check, Resolution, PatchSize, mustDivide: false);
        check.That(Transformer is not null, nameof(Transformer), "it is missing");
        Transformer!.Validate(check.Of(nameof(Transformer)));
    }
}
