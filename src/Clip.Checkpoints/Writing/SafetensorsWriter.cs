using System.Text.Encodings.Web;
using System.Text.Json;
using Clip.Checkpoints.Safetensors;
using Clip.Checkpoints.Writing;

namespace Clip.Checkpoints.Writing;

/// <summary>Writes one safetensors file.</summary>
internal static class SafetensorsWriter
{
    // Tensors start at multiples of this, so that any element type is aligned when the file is mapped.
    private const int Alignment = 8;

    /// <summary>Writes a complete file under a temporary name.</summary>
    /// <param name="path">Its final path; the caller commits it.</param>
    /// <param name="tensors">The tensors.</param>
    /// <param name="metadata">Text for the header.</param>
    public static PendingFile Write(string path, IReadOnlyList<NamedTensor> tensors, IReadOnlyDictionary<string, string> metadata)
    {
        var ordered = tensors.OrderByDescending(tensor => tensor.ElementSize).ThenBy(tensor => tensor.Name, StringComparer.Ordinal).ToList();
        var header = Header(ordered, metadata);
        if (header.Length > SafetensorsReader.LongestHeader)
        {
            throw new ArgumentException(
                $"The header would take {header.Length:N0} bytes, more than the {SafetensorsReader.LongestHeader:N0} that readers accept.", nameof(tensors));
        }

        return PendingFile.Write(path, SafetensorsReader.LengthBytes + header.Length + ordered.Sum(tensor => tensor.ByteLength), file =>
        {
            file.Write(BitConverter.GetBytes((ulong)header.Length));
            file.Write(header);
            foreach (var tensor in ordered)
                TensorBytes.Write(tensor, file);
        });
    }

    private static byte[] Header(IReadOnlyList<NamedTensor> tensors, IReadOnlyDictionary<string, string> metadata)
    {
        using var text = new MemoryStream();
        using (var json = new Utf8JsonWriter(text, new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
        {
            json.WriteStartObject();
            if (metadata.Count > 0)
            {
                json.WriteStartObject(SafetensorsHeader.MetadataKey);
                foreach (var (key, value) in metadata.OrderBy(pair => pair.Key, StringComparer.Ordinal))
                    json.WriteString(key, value);
                json.WriteEndObject();
            }
            WriteEntries(json, tensors);
            json.WriteEndObject();
        }
        while (text.Length % Alignment != 0)
            text.WriteByte((byte)' ');
        return text.ToArray();
    }

    private static void WriteEntries(Utf8JsonWriter json, IReadOnlyList<NamedTensor> tensors)
    {
        var offset = 0L;
        foreach (var tensor in tensors)
        {
            json.WriteStartObject(tensor.Name);
            json.WriteString("dtype", tensor.DType);
            json.WriteStartArray("shape");
            foreach (var size in tensor.Tensor.shape)
                json.WriteNumberValue(size);
            json.WriteEndArray();
            json.WriteStartArray("data_offsets");
            json.WriteNumberValue(offset);
            json.WriteNumberValue(offset += tensor.ByteLength);
            json.WriteEndArray();
            json.WriteEndObject();
        }
    }
}
