using System.Text;
using System.Text.Json;
using Clip.Checkpoints.Reading;

namespace Clip.Checkpoints.Sharding;

/// <summary>The index of a sharded checkpoint: which file holds which tensor.</summary>
/// <param name="Shards">The shard of each tensor, in the index's order; every name is a plain file name.</param>
/// <param name="Metadata">The scalars under <c>metadata</c>, such as total_size.</param>
internal sealed record ShardIndex(OrderedDictionary<string, string> Shards, OrderedDictionary<string, string> Metadata)
{
    // As long as a safetensors header may be.
    private const int LongestIndex = 100_000_000;

    /// <summary>Reads and checks an index.</summary>
    public static ShardIndex Read(CheckpointFile file)
    {
        if (file.Length > LongestIndex)
            throw file.Error($"is JSON of {file.Length:N0} bytes, more than the {LongestIndex:N0} that an index may have.");
        var text = new byte[file.Length];
        file.Read(text, 0);

        OrderedDictionary<string, string>? shards = null;
        var metadata = new OrderedDictionary<string, string>(StringComparer.Ordinal);
        StrictJson.Parse(file, text, 0, (ref reader) => StrictJson.Properties(ref reader, (ref reader, name) =>
        {
            if (name == "weight_map")
                shards = ReadShards(ref reader, name);
            else if (name == "metadata")
                ReadMetadata(ref reader, metadata);
            else
                Skip(ref reader);
        }));
        return shards is null
            ? throw file.Error("is JSON without a 'weight_map', so it is not the index of a sharded checkpoint.")
            : new ShardIndex(shards, metadata);
    }

    private static OrderedDictionary<string, string> ReadShards(ref Utf8JsonReader reader, string name)
    {
        var shards = new OrderedDictionary<string, string>(StringComparer.Ordinal);
        StrictJson.EnterObject(ref reader, name);
        StrictJson.Properties(ref reader, (ref reader, tensor) =>
        {
            var shard = StrictJson.String(ref reader, tensor);
            if (!ShardName.IsPlain(shard))
                throw new JsonException($"tensor {Text.Quote(tensor)} is in {Text.Quote(shard)}, which is not a plain file name in the index's folder");
            shards.Add(tensor, shard);
        });
        return shards;
    }

    private static void ReadMetadata(ref Utf8JsonReader reader, OrderedDictionary<string, string> metadata)
    {
        StrictJson.Advance(ref reader);
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            reader.Skip();
            return;
        }
        StrictJson.Properties(ref reader, (ref reader, name) =>
        {
            StrictJson.Advance(ref reader);
            if (reader.TokenType == JsonTokenType.String)
                metadata.Add(name, reader.GetString()!);
            else if (reader.TokenType is JsonTokenType.Number or JsonTokenType.True or JsonTokenType.False)
                metadata.Add(name, Encoding.UTF8.GetString(reader.ValueSpan));
            else
                reader.Skip();
        });
    }

    private static void Skip(ref Utf8JsonReader reader)
    {
        StrictJson.Advance(ref reader);
        reader.Skip();
    }
}
