namespace Clip.Models;

/// <summary>Sizes and choices of a text tower that open_clip takes from Hugging Face's library: an encoder, what pools, and what projects.</summary>
public sealed record HuggingFaceTextConfig : TextTowerConfig
{
    /// <summary>The encoder; its kind is its type.</summary>
    public required HuggingFaceTextEncoderConfig Encoder { get; init; }

    /// <summary>How the tokens become one vector.</summary>
    public HuggingFaceTextPooling Pooling { get; init; } = HuggingFaceTextPooling.Mean;

    /// <summary>How that vector becomes an embedding.</summary>
    public HuggingFaceTextProjection Projection { get; init; } = HuggingFaceTextProjection.Mlp;

    /// <summary>The name by which open_clip's config asks for the encoder, such as "xlm-roberta-base"; null for the usual one of its kind.</summary>
    public string? EncoderName { get; init; }

    /// <inheritdoc/>
    public override int FeatureSize => Encoder.Width;

    /// <inheritdoc/>
    public override Activation Activation => Encoder.Activation;

    /// <inheritdoc/>
    /// <remarks>Padding is hidden from the attention, counts for no position, and is left out by every pooling.</remarks>
    public override bool TakesShorterTexts => true;

    /// <inheritdoc/>
    public override TextTowerConfig WithVocabulary(int size, int endTokenId) => this with { VocabularySize = size };

    /// <inheritdoc/>
    public override int CountTokens(ReadOnlySpan<long> tokens) => TextPadding.CountTokens(tokens, Encoder.PaddingId);

    internal override bool FeedsDecoder => true;

    internal override TextFamily Family => HuggingFaceTextFamily.Instance;

    internal override TextTowerOutline GetOutline(int embeddingSize) =>
        new(Encoder.PositionRows, VocabularySize, Encoder.Width, Encoder.Layers, embeddingSize);

    internal override void Validate(ConfigCheck check)
    {
        check.That(Encoder is not null, nameof(Encoder), "it is missing");
        base.Validate(check);
        check.IsDefined(Pooling);
        check.IsDefined(Projection);
        Encoder!.Validate(check.Of(nameof(Encoder)), this);
    }

    internal override void ValidateEmbedding(int embeddingSize, ConfigCheck check) => check.That(
        Projection != HuggingFaceTextProjection.None || FeatureSize == embeddingSize,
        nameof(DualEncoderConfig.EmbeddingSize),
        $"text features of {FeatureSize} channels are not projected, but embeddings have {embeddingSize}");
}
