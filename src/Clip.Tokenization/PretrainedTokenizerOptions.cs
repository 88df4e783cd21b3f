namespace Clip.Tokenization;

/// <summary>How texts become tokens where the files of a tokenizer do not say. The defaults are those of open_clip's models with a tokenizer of the Hub.</summary>
public sealed record PretrainedTokenizerOptions
{
    /// <summary>Tokens per row, start and end included.</summary>
    public int ContextLength { get; init; } = 77;

    /// <summary>What happens to a text that is too long.</summary>
    public TokenOverflow Overflow { get; init; }

    /// <summary>Case, white space and punctuation before the tokenizer's own normalization; null to leave them to that.</summary>
    public TextCleaning? Cleaning { get; init; } = TextCleaning.Whitespace;

    /// <summary>Whether texts are repaired as by ftfy first: broken encodings, curly quotes, ligatures, widths, control characters.</summary>
    public bool RepairText { get; init; } = true;

    /// <summary>Whether HTML's character references are replaced, twice over.</summary>
    public bool UnescapeHtml { get; init; } = true;

    /// <summary>Whether texts become lower case after the cleaning, as Python has it.</summary>
    public bool LowerCase { get; init; }

    /// <summary>The token before each text; empty for none, null for what the files say.</summary>
    public string? StartToken { get; init; }

    /// <summary>The token behind each text; null for what the files say.</summary>
    public string? EndToken { get; init; }

    /// <summary>The token behind the end; null for what the files say.</summary>
    public string? PaddingToken { get; init; }

    /// <summary>Whether end tokens become 0 wherever they stand: open_clip's <c>strip_sep_token</c>, as CLIPA has it.</summary>
    public bool ZeroEndTokens { get; init; }

    /// <summary>How the pieces of a SentencePiece model are numbered; tokenizer.json says it itself.</summary>
    public PieceNumbering Numbering { get; init; }

    /// <summary>Texts as they are: transformers' way, without repair and cleaning.</summary>
    public static PretrainedTokenizerOptions HuggingFace { get; } = new() { Cleaning = null, RepairText = false, UnescapeHtml = false };

    /// <summary>CLIPA's: BERT's pieces, 32 tokens, and 0 where the end token would be (Li et al. 2023).</summary>
    public static PretrainedTokenizerOptions Clipa { get; } = new() { ContextLength = 32, ZeroEndTokens = true };

    /// <summary>SigLIP's from tokenizer.json: canonical text, 64 tokens, padded with the end token (Zhai et al. 2023).</summary>
    public static PretrainedTokenizerOptions SigLip { get; } = new()
    {
        ContextLength = 64, Cleaning = TextCleaning.Canonical, StartToken = "", EndToken = "</s>", PaddingToken = "</s>",
    };

    /// <summary>SigLIP 2's in open_clip: Gemma's pieces of canonical text, 64 tokens (Tschannen et al. 2025).</summary>
    public static PretrainedTokenizerOptions Gemma { get; } = new()
    {
        ContextLength = 64, Cleaning = TextCleaning.Canonical, StartToken = "", EndToken = "<eos>", PaddingToken = "<pad>",
    };

    /// <summary>XLM-RoBERTa's and XLM-V's.</summary>
    public static PretrainedTokenizerOptions XlmRoberta { get; } = new()
    {
        Numbering = PieceNumbering.XlmRoberta, StartToken = "<s>", EndToken = "</s>", PaddingToken = "<pad>",
    };

    /// <summary>NLLB's, in English: <see cref="StartToken"/> is the language.</summary>
    public static PretrainedTokenizerOptions Nllb { get; } = new()
    {
        Numbering = PieceNumbering.Nllb, StartToken = "eng_Latn", EndToken = "</s>", PaddingToken = "<pad>",
    };

    /// <summary>T5's and mT5's.</summary>
    public static PretrainedTokenizerOptions T5 { get; } = new() { StartToken = "", EndToken = "</s>", PaddingToken = "<pad>" };

    /// <summary>tiktoken's in open_clip: 256 tokens of the text as it is, between control tokens.</summary>
    public static PretrainedTokenizerOptions Tiktoken { get; } = new() { ContextLength = 256, Cleaning = null, RepairText = false, UnescapeHtml = false };

    internal void Validate()
    {
        if (ContextLength < 2)
            throw new ArgumentException($"{nameof(ContextLength)} is {ContextLength} and has to be at least 2, for start and end.");
        ClipTokenizerOptions.RequireDefined(Overflow);
        ClipTokenizerOptions.RequireDefined(Numbering);
        if (Cleaning is { } cleaning)
            ClipTokenizerOptions.RequireDefined(cleaning);
    }
}
