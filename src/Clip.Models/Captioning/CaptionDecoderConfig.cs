namespace Clip.Models;

/// <summary>Sizes of a decoder that writes captions: a transformer that reads the text tower's tokens and looks at the image tower's.</summary>
/// <remarks>Source: Yu et al. 2022, "CoCa: Contrastive Captioners are Image-Text Foundation Models", section 3.2.</remarks>
public sealed record CaptionDecoderConfig
{
    /// <summary>The blocks over the text; each is followed by one that attends to the image, with the same sizes.</summary>
    public required TransformerConfig Transformer { get; init; }

    /// <summary>The longest caption in tokens, its start and end included.</summary>
    public required int ContextLength { get; init; }

    /// <summary>Number of tokens that the decoder predicts; null for the vocabulary of the text tower.</summary>
    public int? VocabularySize { get; init; }

    internal void Validate(ConfigCheck check)
    {
        check.That(Transformer is not null, nameof(Transformer), "it is missing");
        Transformer!.Validate(check.Of(nameof(Transformer)));
        check.InRange(ContextLength, 1, ConfigCheck.LongestContext);
        if (VocabularySize is { } vocabulary)
            check.InRange(vocabulary, 1, ConfigCheck.LargestVocabulary, nameof(VocabularySize));
    }
}
