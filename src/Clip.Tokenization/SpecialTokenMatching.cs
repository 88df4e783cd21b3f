namespace Clip.Tokenization;

/// <summary>Whether a caption that spells out a special token, such as "&lt;|endoftext|&gt;", gets that token.</summary>
public enum SpecialTokenMatching
{
    /// <summary>In the cleaned text, where a word may start, as OpenAI's and open_clip's tokenizers do.</summary>
    InCleanedText,

    /// <summary>Anywhere in the caption as it came, in the token's own case, as Hugging Face's slow tokenizer does.</summary>
    BeforeCleaning,

    /// <summary>Never: a caption cannot place an end token in front of its end.</summary>
    Never,
}
