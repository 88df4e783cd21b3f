using System.Text.Json;

namespace Clip.Tokenization.TokenizerFiles;

/// <summary>Finds where the values of a JSON object stand, without reading them.</summary>
internal static class JsonRanges
{
    private const int MostNesting = 32;

    private static readonly JsonReaderOptions Strict = new() { MaxDepth = MostNesting };

    /// <summary>The bytes of each value of the object that is all of the JSON; those that are null are left out.</summary>
    /// <exception cref="VocabularyException">It is no object, or has a name twice.</exception>
    /// <exception cref="JsonException">It is no JSON, or nested too deep.</exception>
    public static Dictionary<string, Range> Read(string path, ReadOnlySpan<byte> json, string place = "the file")
    {
        var reader = new Utf8JsonReader(json, Strict);
        reader.Read();
        if (reader.TokenType != JsonTokenType.StartObject)
            throw new VocabularyException(path, $"is no tokenizer: {place} should be a JSON object.");
        var ranges = new Dictionary<string, Range>(StringComparer.Ordinal);
        var names = new HashSet<string>(StringComparer.Ordinal);
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var name = reader.GetString()!;
            if (!names.Add(name))
                throw new VocabularyException(path, $"has '{TokenTable.Shorten(name)}' twice in {place}.");
            reader.Read();
            var start = (int)reader.TokenStartIndex;
            var isNull = reader.TokenType == JsonTokenType.Null;
            reader.Skip();
            if (!isNull)
                ranges.Add(name, start..(int)reader.BytesConsumed);
        }
        // What follows the object is an error of the reader's.
        reader.Read();
        return ranges;
    }

    /// <summary>A reader of a value.</summary>
    public static Utf8JsonReader Open(ReadOnlySpan<byte> json, Range range)
    {
        var reader = new Utf8JsonReader(json[range], Strict);
        reader.Read();
        return reader;
    }

    /// <summary>Parses a small value.</summary>
    public static JsonSection Parse(string path, string name, ReadOnlySpan<byte> json, Range range)
    {
        var reader = new Utf8JsonReader(json[range], Strict);
        return new JsonSection(path, name, JsonElement.ParseValue(ref reader));
    }
}
