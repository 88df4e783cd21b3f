using System.Text.Json;
using System.Text.Unicode;

namespace Clip.Checkpoints.Reading;

/// <summary>Reads JSON as its standard has it: no comments, no trailing commas, UTF-8 only, little nesting.</summary>
/// <remarks>What is wrong is reported as <see cref="JsonException"/>; <see cref="Parse"/> turns it into the file's error.</remarks>
internal static class StrictJson
{
    private const int MostNesting = 16;

    public delegate void Visitor(ref Utf8JsonReader reader);

    /// <summary>Visits one object that is all there is in the text but trailing white space.</summary>
    /// <param name="file">The file, for its error.</param>
    /// <param name="text">The text.</param>
    /// <param name="position">Where the text starts in the file.</param>
    /// <param name="visit">Reads the object, from its opening brace to its closing one.</param>
    public static void Parse(CheckpointFile file, ReadOnlySpan<byte> text, long position, Visitor visit)
    {
        var reader = new Utf8JsonReader(text, new JsonReaderOptions { MaxDepth = MostNesting });
        try
        {
            if (!Utf8.IsValid(text))
                throw new JsonException("it is not UTF-8");
            Advance(ref reader, JsonTokenType.StartObject, "an object");
            visit(ref reader);
            if (text[(int)reader.BytesConsumed..].ContainsAnyExcept(" \t\r\n"u8))
                throw new JsonException("something follows the object");
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            // InvalidOperationException: a string holds half of a surrogate pair.
            throw file.Error($"has a JSON part that is wrong near byte {position + reader.BytesConsumed:N0}: {Reason(e)}.", e);
        }
    }

    /// <summary>Visits each property of the object that the reader has just entered; refuses duplicates.</summary>
    public static void Properties(ref Utf8JsonReader reader, PropertyVisitor visit)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        while (true)
        {
            Advance(ref reader);
            if (reader.TokenType == JsonTokenType.EndObject)
                return;
            var name = reader.GetString()!;
            if (!seen.Add(name))
                throw new JsonException($"the key {Text.Quote(name)} appears twice");
            visit(ref reader, name);
        }
    }

    public delegate void PropertyVisitor(ref Utf8JsonReader reader, string name);

    /// <summary>Enters an object.</summary>
    public static void EnterObject(ref Utf8JsonReader reader, string name) =>
        Advance(ref reader, JsonTokenType.StartObject, $"an object for {Text.Quote(name)}");

    /// <summary>Reads a string.</summary>
    public static string String(ref Utf8JsonReader reader, string name)
    {
        Advance(ref reader, JsonTokenType.String, $"a string for {Text.Quote(name)}");
        return reader.GetString()!;
    }

    /// <summary>Reads an array of integers from 0, written with digits alone.</summary>
    public static long[] Counts(ref Utf8JsonReader reader, string name)
    {
        Advance(ref reader, JsonTokenType.StartArray, $"an array for {Text.Quote(name)}");
        var counts = new List<long>();
        while (true)
        {
            Advance(ref reader);
            if (reader.TokenType == JsonTokenType.EndArray)
                return [.. counts];
            if (reader.TokenType != JsonTokenType.Number || reader.ValueSpan.ContainsAnyExceptInRange((byte)'0', (byte)'9')
                || !reader.TryGetInt64(out var count))
            {
                throw new JsonException($"{Text.Quote(name)} has to hold integers from 0 to 2^63 - 1");
            }
            counts.Add(count);
        }
    }

    /// <summary>Moves to the next token, which has to be there.</summary>
    public static void Advance(ref Utf8JsonReader reader)
    {
        if (!reader.Read())
            throw new JsonException("it ends too early");
    }

    // The parser appends its own place, which counts from the start of the text.
    private static string Reason(Exception e) => e.Message.Split(" LineNumber:")[0].TrimEnd('.');

    private static void Advance(ref Utf8JsonReader reader, JsonTokenType expected, string description)
    {
        Advance(ref reader);
        if (reader.TokenType != expected)
            throw new JsonException($"expected {description}");
    }
}
