using System.Buffers;
using System.Text;
using System.Text.Json;
using Clip.Checkpoints;

namespace Clip.ZeroShot.ClassBanks;

/// <summary>A list of strings as JSON in a file's metadata.</summary>
internal static class StringList
{
    // The text is in memory already; what it becomes must stay in proportion.
    private const int MostItems = 1_000_000;
    private const int MostCharacters = 16_000_000;

    public static IReadOnlyList<string> Parse(Checkpoint file, string key, string json)
    {
        if (json.Length > MostCharacters)
            throw new CheckpointException(file.Path, $"has {json.Length:N0} characters under '{key}', more than the {MostCharacters:N0} that are allowed.");
        try
        {
            var items = new List<string>();
            var reader = new Utf8JsonReader(Encoding.UTF8.GetBytes(json), new JsonReaderOptions { MaxDepth = 1 });
            Require(reader.Read() && reader.TokenType == JsonTokenType.StartArray);
            while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
            {
                Require(reader.TokenType == JsonTokenType.String);
                if (items.Count == MostItems)
                    throw new CheckpointException(file.Path, $"has more than {MostItems:N0} items under '{key}'.");
                items.Add(reader.GetString()!);
            }
            Require(reader.TokenType == JsonTokenType.EndArray && !reader.Read() && items.Count > 0);
            return items;
        }
        // InvalidOperationException: a string holds half of a surrogate pair.
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            throw new CheckpointException(file.Path, $"should have a JSON list of strings under '{key}', but what is there is none.", e);
        }
    }

    /// <summary>Writes what <see cref="Parse"/> reads.</summary>
    public static string Write(IEnumerable<string> items)
    {
        var json = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(json))
        {
            writer.WriteStartArray();
            foreach (var item in items)
                writer.WriteStringValue(item);
            writer.WriteEndArray();
        }
        return Encoding.UTF8.GetString(json.WrittenSpan);
    }

    private static void Require(bool condition)
    {
        if (!condition)
            throw new JsonException();
    }
}
