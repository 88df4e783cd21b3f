using Clip.Models;
using Clip.Tokenization;

namespace Clip;

/// <summary>Makes the tokenizer that belongs to a model, or says why there is none.</summary>
/// <param name="files">What is beside the weights.</param>
/// <param name="text">The text tower.</param>
/// <param name="options">What the caller states.</param>
internal sealed class TokenizerFinder(CardBuilder files, TextTowerConfig text, ClipModelOptions options)
{
    private const string Json = "tokenizer.json";

    private static readonly string[] SentencePieceNames = ["spiece.model", "sentencepiece.model", "tokenizer.model"];

    private string ConfigName => files.ConfigPath is null ? $"the config of {files.KnownName}" : $"'{files.ConfigPath}'";

    /// <summary>Finds the vocabulary and reads it.</summary>
    /// <param name="problem">Why there is no tokenizer and what to do about it.</param>
    /// <returns>The tokenizer; null where the model's files have none.</returns>
    /// <exception cref="VocabularyException">There is a vocabulary, and it is damaged or asks for what is not supported.</exception>
    /// <exception cref="ModelSourceException">The vocabulary is another model's.</exception>
    public ContextTokenizer? TryLoad(out string? problem)
    {
        var path = options.Vocabulary ?? Path.GetDirectoryName(files.WeightsPath)!;
        problem = options.Tokenization is null && files.OpenClip?.UnknownSetting is { } setting
            ? $"The tokenizer setting '{setting}' of {ConfigName} is not supported."
            : null;
        if (problem is not null)
            return null;
        try
        {
            var tokenizer = Load(path);
            return tokenizer.VocabularySize <= text.VocabularySize ? tokenizer : throw new ModelSourceException(
                files.Source,
                $"has {text.VocabularySize} tokens, but the vocabulary at '{path}' has {tokenizer.VocabularySize}: it belongs to another model.");
        }
        catch (FileNotFoundException e) when (options.Vocabulary is null)
        {
            var name = files.OpenClip?.TokenizerName is { } repository ? $" The tokenizer is that of '{repository}': put its file there." : "";
            problem = $"{e.Message}{name} Or set {nameof(ClipModelOptions)}.{nameof(ClipModelOptions.Vocabulary)} to where it is.";
            return null;
        }
    }

    private ContextTokenizer Load(string path)
    {
        var (length, overflow) = (text.ContextLength, options.TextOverflow);
        var kind = options.Tokenization is null ? text.Tokenizer : TokenizerKind.Clip;
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
        if (files.OpenClip is not null)
            return ClipTokenizerOptions.OpenClip with { Cleaning = Cleaning(TextCleaning.Lower) };
        return files.ConfigPath is null ? ClipTokenizerOptions.OpenAI : ClipTokenizerOptions.HuggingFace;
    }

    private SigLipTokenizerOptions SigLipOptions() =>
        files.OpenClip is null ? SigLipTokenizerOptions.HuggingFace : new SigLipTokenizerOptions { Cleaning = Cleaning(TextCleaning.Canonical) };

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
        if (files.OpenClip is null)
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
            return files.OpenClip.Cleaning is null ? usual : usual with { Cleaning = Cleaning(TextCleaning.Whitespace), RepairText = true, UnescapeHtml = true };
        return usual with
        {
            Cleaning = Cleaning(usual.Cleaning ?? TextCleaning.Whitespace),
            ZeroEndTokens = files.OpenClip.StripsEndToken,
            StartToken = kind == TokenizerKind.Nllb ? files.OpenClip.Language ?? usual.StartToken : usual.StartToken,
        };
    }

    // SigLIP's and Gemma's texts were canonical whether the config repeats it or not.
    private TextCleaning Cleaning(TextCleaning usual) => files.OpenClip?.Cleaning switch
    {
        null => usual,
        "lower" => TextCleaning.Lower,
        "whitespace" => TextCleaning.Whitespace,
        "whitespace_underscore" => TextCleaning.WhitespaceAndUnderscores,
        "canonicalize" => TextCleaning.Canonical,
        var other => throw new ModelSourceException(files.Source, $"asks for the text cleaning '{other}' in {ConfigName}, which is not known."),
    };
}
