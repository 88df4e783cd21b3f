namespace Clip.Models;

/// <summary>Sizes and choices of CLIP's text tower: a pre-norm transformer whose output at one token stands for the text.</summary>
/// <remarks>SigLIP's and CoCa's text towers are such, with other choices.</remarks>
public sealed record ClipTextConfig : TextTowerConfig
{
    /// <summary>The blocks over the tokens.</summary>
    public required TransformerConfig Transformer { get; init; }

    /// <summary>Whether token i attends only to tokens 0 to i, as in OpenAI's models.</summary>
    public bool Causal { get; init; } = true;

    /// <summary>Which token stands for the text.</summary>
    public TextPooling Pooling { get; init; } = TextPooling.HighestId;

    /// <summary>The id of the end token. Needed by <see cref="TextPooling.FirstEndToken"/> alone.</summary>
    public int? EndTokenId { get; init; }

    /// <summary>Whether a learned token is appended to every text and stands for it, as in CoCa.</summary>
    public bool ClassToken { get; init; }

    /// <summary>The id of padding, which a class token does not attend to. Used with <see cref="ClassToken"/> alone.</summary>
    public int PaddingId { get; init; }

    /// <summary>How features become embeddings.</summary>
    public TextProjection Projection { get; init; } = TextProjection.Matrix;

    /// <inheritdoc/>
    public override int FeatureSize => Transformer.Width;

    /// <inheritdoc/>
    public override Activation Activation => Transformer.Activation;

    /// <inheritdoc/>
    public override bool TakesShorterTexts => Causal;

    /// <inheritdoc/>
    public override TextTowerConfig WithVocabulary(int size, int endTokenId) =>
        this with { VocabularySize = size, EndTokenId = EndTokenId is null ? null : endTokenId };

    /// <inheritdoc/>
    /// <remarks>In a causal tower the token that stands for the text sees nothing after itself.</remarks>
    public override int CountTokens(ReadOnlySpan<long> tokens)
    {
        if (!Causal || ClassToken)
            return tokens.Length;
        return Pooling switch
        {
            TextPooling.FirstEndToken => Math.Max(0, tokens.IndexOf((long)EndTokenId!.Value)) + 1,    // without an end token the first one is pooled
            TextPooling.HighestId => HighestIndex(tokens) + 1,
            _ => tokens.Length,
        };
    }

    internal override bool FeedsDecoder => ClassToken && Causal;

    internal override TextFamily Family => ClipTextFamily.Instance;

    internal override TextTowerConfig WithoutProjection() => this with { Projection = TextProjection.None };

    internal override TextTowerOutline GetOutline(int embeddingSize) =>
        new(ContextLength, VocabularySize, Transformer.Width, Transformer.Layers, embeddingSize);

    internal override void Validate(ConfigCheck check)
    {
        check.That(Transformer is not null, nameof(Transformer), "it is missing");
        Transformer!.Validate(check.Of(nameof(Transformer)));
        base.Validate(check);
        check.IsDefined(Pooling);
        check.IsDefined(Projection);
        check.That(
            Pooling != TextPooling.FirstEndToken || EndTokenId is not null,
            nameof(EndTokenId),
            $"{nameof(TextPooling.FirstEndToken)} pooling needs the end token's id");
        check.InRange(EndTokenId ?? 0, 0, VocabularySize - 1, nameof(EndTokenId));
    }

    internal override void ValidateEmbedding(int embeddingSize, ConfigCheck check) => check.That(
        Projection != TextProjection.None || FeatureSize == embeddingSize,
        nameof(DualEncoderConfig.EmbeddingSize),
        $"text features of {FeatureSize} channels are not projected, but embeddings have {embeddingSize}");

    private static int HighestIndex(ReadOnlySpan<long> tokens)
    {
        var highest = 0;
        for (var i = 1; i < tokens.Length; i++)
        {
            if (tokens[i] > tokens[highest])
                highest = i;
        }
        return highest;
    }
}
