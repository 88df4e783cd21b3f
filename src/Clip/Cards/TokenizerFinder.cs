using Clip.Models;
using Clip.Tokenization;

namespace Clip;

/// <summary>Makes the tokenizer that belongs to a model, or says why there is none.</summary>
internal static class TokenizerFinder
{
    /// <summary>Finds the vocabulary and reads it.</summary>
    /// <param name="card">The model.</param>
    /// <param name="options">What the caller states.</param>
    /// <param name="problem">Why there is no tokenizer and what to do about it.</param>
    /// <returns>The tokenizer; null where the model's files have none.</returns>
    /// <exception cref="VocabularyException">There is a vocabulary, and it is damaged.</exception>
    /// <exception cref="ModelSourceException">The vocabulary is another model's.</exception>
    public static ContextTokenizer? TryLoad(ModelCard card, ClipModelOptions options, out string? problem)
    {
        var path = options.Vocabulary ?? Path.GetDirectoryName(card.WeightsPath)!;
        problem = options.Tokenization is null ? FindUnsupported(card) : null;
        if (problem is not null)
            return null;
        try
        {
            var tokenizer = Load(path, card, options);
            return tokenizer.VocabularySize <= card.Config.Text.VocabularySize ? tokenizer : throw new ModelSourceException(
                card.Source,
                $"has {card.Config.Text.VocabularySize} tokens, but the vocabulary at '{path}' has {tokenizer.VocabularySize}: it belongs to another model.");
        }
        catch (FileNotFoundException e) when (options.Vocabulary is null)
        {
            problem = $"{e.Message} Or set {nameof(ClipModelOptions)}.{nameof(ClipModelOptions.Vocabulary)} to where it is.";
            return null;
        }
    }

    private static ContextTokenizer Load(string path, ModelCard card, ClipModelOptions options)
    {
        var contextLength = card.Config.Text.ContextLength;
        if (options.Tokenization is null && card.Config.Text.Tokenizer == TokenizerKind.SigLip)
            return SigLipTokenizer.Load(path, new SigLipTokenizerOptions { ContextLength = contextLength, Overflow = options.TextOverflow });

        var usual = options.Tokenization ?? UsualOptions(card);
        return ClipTokenizer.Load(path, usual with { ContextLength = contextLength, Overflow = options.TextOverflow });
    }

    private static ClipTokenizerOptions UsualOptions(ModelCard card)
    {
        if (IsHuggingFace(card))
            return ClipTokenizerOptions.HuggingFace;
        if (ReadText(card) is not { } text)
            return ClipTokenizerOptions.OpenAI;

        return ClipTokenizerOptions.OpenClip with
        {
            Cleaning = text.Cleaning switch
            {
                null or "lower" => TextCleaning.Lower,
                "whitespace" => TextCleaning.Whitespace,
                "whitespace_underscore" => TextCleaning.WhitespaceAndUnderscores,
                "canonicalize" => TextCleaning.Canonical,
                var other => throw new ModelSourceException(card.Source, $"asks for the text cleaning '{other}' in {ConfigName(card)}, which is not known."),
            },
        };
    }

    private static string? FindUnsupported(ModelCard card)
    {
        var tokenizer = card.Config.Text.Tokenizer;
        if (tokenizer == TokenizerKind.Gemma)
            return $"SigLIP 2's tokenizer, Gemma's, is not supported; '{card.Source}' embeds images only.";
        if (IsHuggingFace(card) || ReadText(card) is not { } text)
            return null;

        if (tokenizer == TokenizerKind.Unknown)
            return $"The tokenizer '{text.TokenizerName}' of {ConfigName(card)} is not supported; CLIP's and SigLIP's are.";
        return text.UnknownSetting is null ? null : $"The tokenizer setting '{text.UnknownSetting}' of {ConfigName(card)} is not supported.";
    }

    private static OpenClipText? ReadText(ModelCard card) =>
        card.ConfigPath is not null ? OpenClipText.Read(card.ConfigPath)
        : card.CatalogConfig is not null ? OpenClipText.ReadCatalog(card.CatalogConfig)
        : null;

    private static string ConfigName(ModelCard card) => card.ConfigPath is null ? $"the config of {card.KnownName}" : $"'{card.ConfigPath}'";

    private static bool IsHuggingFace(ModelCard card) => Path.GetFileName(card.ConfigPath) == "config.json";
}
