using System.Text.Json;
using Clip.Tokenization.Pipelines;
using Clip.Tokenization.Vocabularies;

namespace Clip.Tokenization.TokenizerFiles;

/// <summary>Reads tokenizer.json of Hugging Face's tokenizers, all of it or not at all.</summary>
/// <remarks>
/// The file is gone through once for its sections, and vocabulary and merges, which are nearly all of it, are then read in place:
/// a vocabulary of 256,000 tokens makes no document of objects.
/// </remarks>
internal static class TokenizerJson
{
    /// <summary>The name of such files.</summary>
    public const string FileName = "tokenizer.json";

    // XLM-V's 900,000 pieces take half of it.
    private const int MostBytes = 128 << 20;
    private const int MostAddedTokens = 1 << 16;

    private static readonly string[] Known =
        ["version", "truncation", "padding", "added_tokens", "normalizer", "pre_tokenizer", "post_processor", "decoder", "model"];

    /// <summary>Reads a file.</summary>
    /// <exception cref="VocabularyException">It is damaged, or says something that is not supported.</exception>
    public static TextPipeline Read(string path)
    {
        var json = LimitedFile.Read(path, MostBytes);
        try
        {
            return Read(path, json);
        }
        catch (JsonException e)
        {
            throw new VocabularyException(path,
                $"is not the JSON of a tokenizer, in line {e.LineNumber + 1} at byte {e.BytePositionInLine}: {e.Message.Split(" LineNumber:")[0]}", e);
        }
        catch (InvalidOperationException e)
        {
            throw new VocabularyException(path, "has a string that is not text, such as half a surrogate pair.", e);
        }
    }

    private static TextPipeline Read(string path, byte[] json)
    {
        var sections = JsonRanges.Read(path, json);
        if (sections.Keys.FirstOrDefault(name => !Known.Contains(name)) is { } unknown)
            throw new VocabularyException(path, $"has the section '{unknown}', which is not supported.");
        if (!sections.TryGetValue("model", out var range))
            throw new VocabularyException(path, "has no 'model'.");

        var model = PieceModelReader.Read(path, json, range);
        var added = Find("added_tokens") is { } list ? ReadAdded(list) : [];
        foreach (var token in added)
            model.Tokens.AddOrCheck(token);
        var tokens = model.Tokens.ToArray();

        var template = new TemplateReader(tokens.Length);
        if (Find("post_processor") is { } processor)
            template.Read(processor);
        return new TextPipeline(tokens, added, Find("normalizer") is { } normalizer ? NormalizerReader.Read(normalizer) : null)
        {
            Splitter = Find("pre_tokenizer") is { } splitter ? SplitterReader.Read(splitter) : null,
            Model = model.Create(),
            Decoder = Find("decoder") is { } decoder ? DecoderReader.Read(decoder) : [new Decoders.SpacingDecoder()],
            StartIds = template.StartIds,
            EndIds = template.EndIds,
            PaddingId = Find("padding")?.Find("pad_id") is { } padding && padding.AsInteger() < tokens.Length ? padding.AsInteger() : null,
        };

        JsonSection? Find(string name) => sections.TryGetValue(name, out var section) ? JsonRanges.Parse(path, name, json, section) : null;
    }

    private static List<AddedToken> ReadAdded(JsonSection section)
    {
        var items = section.AsItems();
        if (items.Count > MostAddedTokens)
            throw section.Error($"has {items.Count:N0} tokens, more than {MostAddedTokens:N0}");
        var tokens = new List<AddedToken>(items.Count);
        foreach (var item in items)
        {
            tokens.Add(new AddedToken(
                item.Text("content"), item.Integer("id"), item.Flag("single_word", false), item.Flag("lstrip", false), item.Flag("rstrip", false),
                item.Flag("normalized", false), item.Flag("special", true)));
        }
        var contents = new HashSet<string>(tokens.Count, StringComparer.Ordinal);
        return tokens.Find(token => !contents.Add(token.Content)) is { Content: { } twice }
            ? throw section.Error($"lists '{TokenTable.Shorten(twice)}' twice")
            : tokens;
    }
}
