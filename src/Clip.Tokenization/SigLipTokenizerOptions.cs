namespace Clip.Tokenization;

/// <summary>How captions become SigLIP's tokens. The defaults are those of open_clip's SigLIP models.</summary>
public sealed record SigLipTokenizerOptions
{
    /// <summary>Tokens per row, the end included. At least 1; 64 in the published models.</summary>
    public int ContextLength { get; init; } = 64;

    /// <summary>What happens to a text that is too long.</summary>
    public TokenOverflow Overflow { get; init; }

    /// <summary>What fills a row behind the end token.</summary>
    public TokenPadding Padding { get; init; } = TokenPadding.EndToken;

    /// <summary>Case, white space and punctuation.</summary>
    public TextCleaning Cleaning { get; init; } = TextCleaning.Canonical;

    /// <summary>Whether texts are repaired as by ftfy first: broken encodings, curly quotes, ligatures, widths, control characters.</summary>
    public bool RepairText { get; init; } = true;

    /// <summary>Whether HTML's character references are replaced, twice over.</summary>
    public bool UnescapeHtml { get; init; } = true;

    /// <summary>As transformers' SiglipTokenizer has it: no repair, underscores left out.</summary>
    public static SigLipTokenizerOptions HuggingFace { get; } = new()
    {
        Cleaning = TextCleaning.CanonicalWithoutUnderscores, RepairText = false, UnescapeHtml = false,
    };
}
