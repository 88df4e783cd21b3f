namespace Clip.Models;

/// <summary>Sizes and choices of a vision-transformer image tower.</summary>
public sealed record VisionTransformerConfig : ImageTowerConfig
{
    /// <summary>Side of a square patch, in pixels. Divides both sides of <see cref="ImageTowerConfig.Resolution"/>.</summary>
    public required int PatchSize { get; init; }

    /// <summary>The blocks over the patches.</summary>
    public required TransformerConfig Transformer { get; init; }

    /// <summary>Whether a layer norm stands before the first block, as in OpenAI's models.</summary>
    public bool NormBeforeBlocks { get; init; } = true;

    /// <summary>How the tokens become one feature vector.</summary>
    public ImagePooling Pooling { get; init; } = ImagePooling.ClassToken;

    /// <summary>Whether the final layer norm works on the pooled vector rather than on each token before pooling.</summary>
    /// <remarks>For the class token the two are the same. Without effect when <see cref="AttentionalPooler"/> is set.</remarks>
    public bool NormAfterPooling { get; init; }

    /// <summary>An attention layer with learned queries between the blocks and <see cref="Pooling"/>, as in CoCa; or null.</summary>
    public AttentionalPoolerConfig? AttentionalPooler { get; init; }

    /// <summary>Where the position embeddings come from.</summary>
    public PositionEmbedding PositionEmbedding { get; init; } = PositionEmbedding.Learned;

    /// <summary>
    /// The share of patches left out at random in each training step, from 0 to below 1
    /// (Li et al. 2022, "Scaling Language-Image Pre-training via Masking", section 3).
    /// </summary>
    public double PatchDropout { get; init; }

    /// <summary>Whether a matrix projects features to embeddings; where not, they are the embeddings, as in Hugging Face's CLIPVisionModel.</summary>
    public bool HasProjection { get; init; } = true;

    /// <inheritdoc/>
    public override int FeatureSize => Transformer.Width;

    /// <summary>Patches per column and per row of the image.</summary>
    public ImageSize Grid => new(Resolution.Height / PatchSize, Resolution.Width / PatchSize);

    internal override ImageFamily Family => VisionTransformerFamily.Instance;

    internal override ImageTowerOutline Outline =>
        new(VisionTransformerFamily.Name, Resolution.SquareSide, PatchSize, Transformer.Width, Transformer.Layers);

    internal override ImageTowerConfig WithoutProjection() => this with { HasProjection = false };

    internal override int? DecoderWidth(int embeddingSize) => AttentionalPooler is null ? Transformer.Width : embeddingSize;

    internal override void ValidateEmbedding(int embeddingSize, ConfigCheck check)
    {
        check.That(
            HasProjection || AttentionalPooler is not null || FeatureSize == embeddingSize,
            nameof(DualEncoderConfig.EmbeddingSize),
            $"image features of {FeatureSize} channels are not projected, but embeddings have {embeddingSize}");
        if (AttentionalPooler is not { } pooler)
            return;
        var pooling = check.Of(nameof(DualEncoderConfig.Image)).Of(nameof(AttentionalPooler));
        pooling.InRange(pooler.Queries, 1, ConfigCheck.LongestContext, nameof(pooler.Queries));
        pooling.InRange(pooler.Heads, 1, embeddingSize, nameof(pooler.Heads));
        pooling.That(
            embeddingSize % pooler.Heads == 0,
            nameof(pooler.Heads),
            $"embeddings of {embeddingSize} channels do not divide into {pooler.Heads} heads");
    }

    internal override void Validate(ConfigCheck check)
    {
        PatchGrid.Validate(check, Resolution, PatchSize, mustDivide: true);
        check.IsDefined(Pooling);
        check.IsDefined(PositionEmbedding);
        check.That(PatchDropout is >= 0 and < 1, nameof(PatchDropout), $"{PatchDropout} is not from 0 to below 1");
        check.That(Transformer is not null, nameof(Transformer), "it is missing");
        Transformer!.Validate(check.Of(nameof(Transformer)));
        if (PositionEmbedding == PositionEmbedding.SinCos2D)
        {
            check.That(Grid.Height == Grid.Width, nameof(PositionEmbedding), "SinCos2D needs a square grid of patches");
            check.That(Transformer.Width % 4 == 0, nameof(PositionEmbedding), "SinCos2D needs a width that is a multiple of 4");
        }
    }
}
