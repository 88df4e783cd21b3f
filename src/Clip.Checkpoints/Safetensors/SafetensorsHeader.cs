using System.Text.Json;
using Clip.Checkpoints.Reading;

namespace Clip.Checkpoints.Safetensors;

/// <summary>The JSON header of a safetensors file.</summary>
internal sealed record SafetensorsHeader(IReadOnlyList<SafetensorsEntry> Entries, OrderedDictionary<string, string> Metadata)
{
    /// <summary>The key that holds text rather than a tensor.</summary>
    public const string MetadataKey = "__metadata__";

    /// <summary>Parses a header and checks each entry by itself.</summary>
    public static SafetensorsHeader Parse(CheckpointFile file, ReadOnlySpan<byte> text)
    {
        var entries = new List<SafetensorsEntry>();
        var metadata = new OrderedDictionary<string, string>(StringComparer.Ordinal);
        StrictJson.Parse(file, text, SafetensorsReader.LengthBytes, (ref reader) =>
            StrictJson.Properties(ref reader, (ref reader, name) =>
            {
                StrictJson.EnterObject(ref reader, name);
                if (name == MetadataKey)
                    StrictJson.Properties(ref reader, (ref reader, key) => metadata.Add(key, StrictJson.String(ref reader, key)));
                else
                    entries.Add(ParseEntry(ref reader, name));
            }));
        return new SafetensorsHeader(entries, metadata);
    }

    private static SafetensorsEntry ParseEntry(ref Utf8JsonReader reader, string name)
    {
        string? dtype = null;
        long[]? shape = null;
        long[]? offsets = null;
        StrictJson.Properties(ref reader, (ref reader, field) =>
        {
            switch (field)
            {
                case "dtype": dtype = StrictJson.String(ref reader, field); break;
                case "shape": shape = StrictJson.Counts(ref reader, field); break;
                case "data_offsets": offsets = StrictJson.Counts(ref reader, field); break;
                default: throw new JsonException($"tensor {Text.Quote(name)} has an unknown field {Text.Quote(field)}");
            }
        });

        if (dtype is null || shape is null || offsets is not [var begin, var end])
            throw new JsonException($"tensor {Text.Quote(name)} needs 'dtype', 'shape' and 'data_offsets' with two numbers");
        var element = SafetensorsDType.Find(dtype)
            ?? throw new JsonException($"tensor {Text.Quote(name)} has the dtype {Text.Quote(dtype)}, which is not supported");
        CheckSize(name, element, shape, begin, end);
        return new SafetensorsEntry(name, element, shape, begin, end);
    }

    private static void CheckSize(string name, ElementType element, long[] shape, long begin, long end)
    {
        if (shape.Length > TensorLayout.MostDimensions)
            throw new JsonException($"tensor {Text.Quote(name)} has {shape.Length} dimensions, more than the {TensorLayout.MostDimensions} that libtorch supports");
        if (TensorLayout.Count(shape) is not { } count || begin > end || (Int128)count * element.Size != end - begin)
        {
            throw new JsonException(
                $"tensor {Text.Quote(name)} of shape {Text.Shape(shape)} and dtype {element.Name} does not fit bytes {begin} to {end}");
        }
    }
}
