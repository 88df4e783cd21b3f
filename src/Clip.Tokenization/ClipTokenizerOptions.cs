namespace Clip.Tokenization;

/// <summary>How captions become tokens. The defaults are those of OpenAI's tokenizer.</summary>
public sealed record ClipTokenizerOptions
{
    internal const string OpenAIStart = "<|startoftext|>";
    internal const string OpenAIEnd = "<|endoftext|>";

    /// <summary>As OpenAI's clip.tokenize.</summary>
    public static ClipTokenizerOptions OpenAI { get; } = new();

    /// <summary>As open_clip's default tokenizer: special tokens are spelled differently, what is too long is truncated.</summary>
    public static ClipTokenizerOptions OpenClip { get; } =
        new() { StartToken = "<start_of_text>", EndToken = "<end_of_text>", Overflow = TokenOverflow.Truncate };

    /// <summary>As Hugging Face's CLIPTokenizer with ftfy: padded with the end token, entities without a semicolon kept.</summary>
    public static ClipTokenizerOptions HuggingFace { get; } = new()
    {
        Padding = TokenPadding.EndToken,
        UnescapeHtml = false,
        SpecialTokens = SpecialTokenMatching.BeforeCleaning,
    };

    /// <summary>Tokens per row, start and end included. At least 2; 77 in the original models.</summary>
    public int ContextLength { get; init; } = 77;

    /// <summary>What happens to a text that is too long.</summary>
    public TokenOverflow Overflow { get; init; }

    /// <summary>What fills a row behind the end token.</summary>
    public TokenPadding Padding { get; init; }

    /// <summary>Case, white space and punctuation.</summary>
    public TextCleaning Cleaning { get; init; }

    /// <summary>Whether texts are repaired as by ftfy first: broken encodings, curly quotes, ligatures, widths, control characters.</summary>
    public bool RepairText { get; init; } = true;

    /// <summary>Whether HTML's character references are replaced, twice over.</summary>
    public bool UnescapeHtml { get; init; } = true;

    /// <summary>Whether captions may spell out special tokens.</summary>
    public SpecialTokenMatching SpecialTokens { get; init; }

    /// <summary>How the start token is spelled. Its id is that of the vocabulary's start token.</summary>
    public string StartToken { get; init; } = OpenAIStart;

    /// <summary>How the end token is spelled. Its id is that of the vocabulary's end token.</summary>
    public string EndToken { get; init; } = OpenAIEnd;

    /// <summary>More special tokens, numbered from the end of the vocabulary on. Printable ASCII, not a letter or digit first.</summary>
    public IReadOnlyList<string> AdditionalSpecialTokens { get; init; } = [];

    internal void Validate()
    {
        if (ContextLength < 2)
            throw new ArgumentException($"{nameof(ContextLength)} is {ContextLength} and has to be at least 2, for start and end.");
        RequireDefined(Overflow);
        RequireDefined(Padding);
        RequireDefined(Cleaning);
        RequireDefined(SpecialTokens);
        foreach (var token in AdditionalSpecialTokens.Prepend(EndToken).Prepend(StartToken))
        {
            if (string.IsNullOrEmpty(token) || token.AsSpan().ContainsAnyExceptInRange('!', '~') || char.IsAsciiLetterOrDigit(token[0]))
                throw new ArgumentException($"'{token}' is no special token: it has to be printable ASCII without spaces, not a letter or digit first.");
        }
    }

    internal static void RequireDefined<T>(T value)
        where T : struct, Enum
    {
        if (!Enum.IsDefined(value))
            throw new ArgumentException($"{typeof(T).Name} has no value {value}.");
    }
}
