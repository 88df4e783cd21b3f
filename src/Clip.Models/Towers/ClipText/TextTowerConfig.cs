namespace Clip.Models;

/// <summary>Sizes and choices of a transformer text tower.</summary>
public sealed record TextTowerConfig
{
    /// <summary>The most tokens per text, start and end included; 77 in OpenAI's models.</summary>
    public required int ContextLength { get; init; }

    /// <summary>Number of tokens in the vocabulary; 49,408 in OpenAI's models.</summary>
    public required int VocabularySize { get; init; }

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

    internal void Validate(ConfigCheck check)
    {
        check.That(Transformer is not null, nameof(Transformer), "it is missing");
        Transformer!.Validate(check.Of(nameof(Transformer)));
        check.InRange(ContextLength, 1, ConfigCheck.LongestContext);
        check.InRange(VocabularySize, 1, ConfigCheck.LargestVocabulary);
        check.IsDefined(Pooling);
        check.IsDefined(Projection);
        check.That(
            Pooling != TextPooling.FirstEndToken || EndTokenId is not null,
            nameof(EndTokenId),
            $"{nameof(TextPooling.FirstEndToken)} pooling needs the end token's id");
        check.InRange(EndTokenId ?? 0, 0, VocabularySize - 1, nameof(EndTokenId));
    }
}
