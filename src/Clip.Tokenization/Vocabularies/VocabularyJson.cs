using System.Text.Json;

namespace Clip.Tokenization.Vocabularies;

/// <summary>Reads vocab.json and tokenizer.json as JSON of little nesting.</summary>
internal static class VocabularyJson
{
    private const int MostNesting = 16;

    /// <summary>Reads vocab.json: ids by token.</summary>
    public static Dictionary<string, int> ReadIds(string path)
    {
        using var document = Parse(path);
        return ReadIds(path, document.RootElement);
    }

    /// <summary>Reads tokenizer.json of Hugging Face's tokenizers: the model's vocabulary and merges, and the added tokens.</summary>
    public static Vocabulary ReadTokenizer(string path)
    {
        using var document = Parse(path);
        var root = document.RootElement;
        if (root.ValueKind != JsonValueKind.Object || !root.TryGetProperty("model", out var model) || model.ValueKind != JsonValueKind.Object
            || !model.TryGetProperty("vocab", out var vocab) || !model.TryGetProperty("merges", out var listed)
            || listed.ValueKind != JsonValueKind.Array)
        {
            throw new VocabularyException(path, "has no object 'model' with 'vocab' and 'merges': it is not a byte-pair tokenizer.");
        }

        var ids = ReadIds(path, vocab);
        if (root.TryGetProperty("added_tokens", out var added) && added.ValueKind == JsonValueKind.Array)
        {
            foreach (var token in added.EnumerateArray())
                AddToken(path, ids, token);
        }
        var merges = new MergeList(path, "merge", firstPosition: 1);
        foreach (var merge in listed.EnumerateArray())
            AddMerge(path, merges, merge);
        return Vocabulary.Create(path, ids, merges);
    }

    private static JsonDocument Parse(string path)
    {
        try
        {
            return JsonDocument.Parse(LimitedFile.ReadText(path, LimitedFile.Read(path)), new JsonDocumentOptions { MaxDepth = MostNesting });
        }
        catch (JsonException e)
        {
            throw new VocabularyException(path,
                $"is not the JSON of a vocabulary, in line {e.LineNumber + 1} at byte {e.BytePositionInLine}: {e.Message.Split(" LineNumber:")[0]}", e);
        }
    }

    private static Dictionary<string, int> ReadIds(string path, JsonElement vocab)
    {
        if (vocab.ValueKind != JsonValueKind.Object)
            throw new VocabularyException(path, $"should hold an object of ids by token, and holds {vocab.ValueKind}.");
        var ids = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (var property in vocab.EnumerateObject())
        {
            var token = Text(path, () => property.Name);
            if (property.Value.ValueKind != JsonValueKind.Number || !property.Value.TryGetInt32(out var id) || id < 0)
                throw new VocabularyException(path, $"gives '{token}' the id {Shorten(property.Value.GetRawText())}, which should be an integer from 0 on.");
            if (!ids.TryAdd(token, id))
                throw new VocabularyException(path, $"lists '{token}' twice.");
        }
        return ids;
    }

    private static void AddToken(string path, Dictionary<string, int> ids, JsonElement token)
    {
        if (token.ValueKind != JsonValueKind.Object || !token.TryGetProperty("content", out var content)
            || content.ValueKind != JsonValueKind.String || !token.TryGetProperty("id", out var number)
            || number.ValueKind != JsonValueKind.Number || !number.TryGetInt32(out var id))
        {
            throw new VocabularyException(path, "has an added token without 'content' and 'id'.");
        }
        var text = Text(path, () => content.GetString()!);
        if (!ids.TryAdd(text, id) && ids[text] != id)
            throw new VocabularyException(path, $"gives '{text}' the ids {ids[text]} and {id}.");
    }

    // Older files write "a b", newer ones ["a", "b"].
    private static void AddMerge(string path, MergeList merges, JsonElement merge)
    {
        if (merge.ValueKind == JsonValueKind.String)
            merges.Add(Text(path, () => merge.GetString()!));
        else if (merge.ValueKind == JsonValueKind.Array && merge.GetArrayLength() == 2 && merge[0].ValueKind == JsonValueKind.String
            && merge[1].ValueKind == JsonValueKind.String)
            merges.Add(Text(path, () => merge[0].GetString()!), Text(path, () => merge[1].GetString()!));
        else
            throw merges.Error(merges.Count, $"should be two tokens and is {Shorten(merge.GetRawText())}");
    }

    private static string Text(string path, Func<string> read)
    {
        try
        {
            return read();
        }
        catch (InvalidOperationException e)
        {
            throw new VocabularyException(path, "has a string with half a surrogate pair.", e);
        }
    }

    private static string Shorten(string text) => text.Length <= 40 ? text : text[..40] + "...";
}
