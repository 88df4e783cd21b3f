using Clip.Models;
using Clip.Tokenization;

namespace Clip;

/// <summary>Makes the tokenizer that belongs to a model, or says why there is none.</summary>
/// <param name="card">The model.</param>
/// <param name="openClip">What open_clip's config says; null for a model without one.</param>
/// <param name="options">What the caller states.</param>
internal sealed class TokenizerFinder(ModelCard card, OpenClipText? openClip, ClipModelOptions options)
{
    private const string Json = "tokenizer.json";

    private static readonly string[] SentencePieceNames = ["spiece.model", "sentencepiece.model", "tokenizer.model"];

    private string ConfigName => card.ConfigPath is null ? $"the config of {card.KnownName}" : $"'{card.ConfigPath}'";

    /// <summary>Finds the vocabulary and reads it.</summary>
    /// <param name="problem">Why there is no tokenizer and what to do about it.</param>
    /// <returns>The tokenizer; null where the model's files have none.</returns>
    /// <exception cref="VocabularyException">There is a vocabulary, and it is damaged or asks for what is not supported.</exception>
    /// <exception cref="ModelSourceException">The vocabulary is another model's.</exception>
    public ContextTokenizer? TryLoad(out string? problem)
    {
        var path = options.Vocabulary ?? Path.GetDirectoryName(card.WeightsPath)!;
        problem = options.Tokenization is null && openClip?.UnknownSetting is { } setting
            ? $"The tokenizer setting '{setting}' of {ConfigName} is not supported."
            : null;
        if (problem is not null)
            return null;
        try
        {
            var tokenizer = Load(path);
            return tokenizer.VocabularySize <= card.Config.Text.VocabularySize ? tokenizer : throw new ModelSourceException(
                card.Source,
                $"has {card.Config.Text.VocabularySize} tokens, but the vocabulary at '{path}' has {tokenizer.VocabularySize}: it belongs to another model.");
        }
        catch (FileNotFoundException e) when (options.Vocabulary is null)
        {
            var name = openClip?.TokenizerName is { } repository ? $" The tokenizer is that of '{repository}': put its file there." : "";
            problem = $"{e.Message}{name} Or set {nameof(ClipModelOptions)}.{nameof(ClipModelOptions.Vocabulary)} to where it is.";
            return null;
        }
    }

    private ContextTokenizer Load(string path)
    {
        var (length, overflow) = (card.Config.Text.ContextLength, options.TextOverflow);
        var kind = options.Tokenization is null ? card.Config.Text.Tokenizer : TokenizerKind.Clip;
        if (kind == TokenizerKind.Clip)
            return ClipTokenizer.Load(path, (options.Tokenization ?? ClipOptions()) with { ContextLength = length, Overflow = overflow });
        var file = FindFile(path, kind);
        if (kind == TokenizerKind.SigLip && Path.GetExtension(file) != ".json")
            return SigLipTokenizer.Load(file, SigLipOptions() with { ContextLength = length, Overflow = overflow });
        return PretrainedTokenizer.Load(file, PretrainedOptions(kind) with { ContextLength = length, Overflow = overflow });
    }

    // A folder may hold the vocabulary of another kind as well, such as CLIP's vocab.json.
    private static string FindFile(string path, TokenizerKind kind)
    {
        if (File.Exists(path))
            return path;
        string[] names = kind switch
        {
            TokenizerKind.SigLip => [.. SentencePieceNames, Json],
            TokenizerKind.Gemma or TokenizerKind.T5 => [Json, .. SentencePieceNames],
            TokenizerKind.WordPiece => [Json, "vocab.txt"],
            TokenizerKind.XlmRoberta or TokenizerKind.Nllb => [Json, "sentencepiece.bpe.model", .. SentencePieceNames],
            TokenizerKind.Roberta => [Json, "vocab.json"],
            TokenizerKind.Tiktoken => ["r50k_base.tiktoken"],
            _ => [Json],
        };
        return names.Select(name => Path.Combine(path, name)).FirstOrDefault(File.Exists)
            ?? throw new FileNotFoundException($"There is no {string.Join(" and no ", names)} in '{path}'.", Path.Combine(path, names[0]));
    }

    private ClipTokenizerOptions ClipOptions()
    {
        if (openClip is not null)
            return ClipTokenizerOptions.OpenClip with { Cleaning = Cleaning(TextCleaning.Lower) };
        return card.ConfigPath is null ? ClipTokenizerOptions.OpenAI : ClipTokenizerOptions.HuggingFace;
    }

    private SigLipTokenizerOptions SigLipOptions() =>
        openClip is null ? SigLipTokenizerOptions.HuggingFace : new SigLipTokenizerOptions { Cleaning = Cleaning(TextCleaning.Canonical) };

    private PretrainedTokenizerOptions PretrainedOptions(TokenizerKind kind)
    {
        var usual = kind switch
        {
            TokenizerKind.SigLip => PretrainedTokenizerOptions.SigLip,
            TokenizerKind.Gemma => PretrainedTokenizerOptions.Gemma,
            TokenizerKind.XlmRoberta => PretrainedTokenizerOptions.XlmRoberta,
            TokenizerKind.Nllb => PretrainedTokenizerOptions.Nllb,
            TokenizerKind.T5 => PretrainedTokenizerOptions.T5,
            TokenizerKind.Tiktoken => PretrainedTokenizerOptions.Tiktoken,
            _ => new PretrainedTokenizerOptions(),
        };
        if (openClip is null)
        {
            return usual with
            {
                Cleaning = kind == TokenizerKind.SigLip ? TextCleaning.CanonicalWithoutUnderscores : null,
                LowerCase = kind == TokenizerKind.Gemma,
                RepairText = false,
                UnescapeHtml = false,
            };
        }
        // open_clip leaves these texts as they are, unless the config asks for a cleaning.
        if (kind == TokenizerKind.Tiktoken)
            return openClip.Cleaning is null ? usual : usual with { Cleaning = Cleaning(TextCleaning.Whitespace), RepairText = true, UnescapeHtml = true };
        return usual with
        {
            Cleaning = Cleaning(usual.Cleaning ?? TextCleaning.Whitespace),
            ZeroEndTokens = openClip.StripsEndToken,
            StartToken = kind == TokenizerKind.Nllb ? openClip.Language ?? usual.StartToken : usual.StartToken,
        };
    }

    // SigLIP's and Gemma's texts were canonical whether the config repeats it or not.
    private TextCleaning Cleaning(TextCleaning usual) => openClip?.Cleaning switch
    {
        null => usual,
        "lower" => TextCleaning.Lower,
        "whitespace" => TextCleaning.Whitespace,
        "whitespace_underscore" => TextCleaning.WhitespaceAndUnderscores,
        "canonicalize" => TextCleaning.Canonical,
        var other => throw new ModelSourceException(card.Source, $"asks for the text cleaning '{other}' in {ConfigName}, which is not known."),
    };
}
