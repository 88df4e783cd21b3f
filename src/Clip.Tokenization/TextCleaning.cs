namespace Clip.Tokenization;

/// <summary>What becomes of a caption's case, white space and punctuation before it is split into tokens.</summary>
public enum TextCleaning
{
    /// <summary>Lower case, one space between words: OpenAI's models and most of open_clip's.</summary>
    Lower,

    /// <summary>One space between words, case kept: open_clip's "whitespace".</summary>
    Whitespace,

    /// <summary>As <see cref="Whitespace"/>, underscores read as spaces: open_clip's "whitespace_underscore".</summary>
    WhitespaceAndUnderscores,

    /// <summary>Lower case without ASCII punctuation, underscores read as spaces: open_clip's "canonicalize", SigLIP's models.</summary>
    Canonical,

    /// <summary>As <see cref="Canonical"/>, underscores left out like other punctuation: SigLIP's models in transformers.</summary>
    CanonicalWithoutUnderscores,
}
