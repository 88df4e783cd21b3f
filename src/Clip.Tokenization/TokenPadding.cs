namespace Clip.Tokenization;

/// <summary>What fills a row behind the end token.</summary>
public enum TokenPadding
{
    /// <summary>Token 0, as in OpenAI's and open_clip's tokenizers.</summary>
    Zero,

    /// <summary>The end token, as in Hugging Face's tokenizer.</summary>
    EndToken,
}
