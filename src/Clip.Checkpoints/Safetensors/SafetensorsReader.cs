using System.Buffers.Binary;
using Clip.Checkpoints.Reading;

namespace Clip.Checkpoints.Safetensors;

/// <summary>Reads the header of a safetensors file, as strictly as the format's own text.</summary>
/// <remarks>
/// <para>Eight bytes of length, a JSON object of that length, then the tensors' bytes without holes or overlap to the end.</para>
/// <para>Source: the format description in huggingface/safetensors, README, "Format".</para>
/// </remarks>
internal static class SafetensorsReader
{
    /// <summary>Bytes of the little-endian number before the header.</summary>
    public const int LengthBytes = sizeof(ulong);

    /// <summary>The longest header; the reference reader's own limit.</summary>
    public const int LongestHeader = 100_000_000;

    /// <summary>Reads and checks the header.</summary>
    public static CheckpointContents Read(CheckpointFile file)
    {
        var header = ReadHeaderBytes(file);
        var parsed = SafetensorsHeader.Parse(file, header);
        var dataStart = LengthBytes + (long)header.Length;
        CheckPlaces(file, parsed.Entries, file.Length - dataStart);

        var tensors = parsed.Entries.Select(entry => ToStoredTensor(file, entry, dataStart)).ToList();
        return new CheckpointContents(CheckpointFormat.Safetensors, tensors, parsed.Metadata, [file]);
    }

    private static byte[] ReadHeaderBytes(CheckpointFile file)
    {
        Span<byte> lengthBytes = stackalloc byte[LengthBytes];
        file.Read(lengthBytes, 0);
        var length = BinaryPrimitives.ReadUInt64LittleEndian(lengthBytes);
        if (length > LongestHeader)
            throw file.Error($"claims a safetensors header of {length:N0} bytes, more than the {LongestHeader:N0} that are allowed.");
        if ((long)length > file.Length - LengthBytes)
            throw file.Error($"claims a safetensors header of {length:N0} bytes, but has only {file.Length:N0}.", "It is cut off; download it again.");

        var header = new byte[length];
        file.Read(header, LengthBytes);
        return header is [(byte)'{', ..]
            ? header
            : throw file.Error($"has a safetensors header that does not start with '{{' at byte {LengthBytes}.");
    }

    private static void CheckPlaces(CheckpointFile file, IReadOnlyList<SafetensorsEntry> entries, long available)
    {
        var end = 0L;
        foreach (var entry in entries.OrderBy(entry => entry.Begin).ThenBy(entry => entry.End))
        {
            if (entry.Begin != end)
                throw file.Error($"has {(entry.Begin > end ? "a hole before" : "an overlap at")} tensor {Text.Quote(entry.Name)}, data byte {end:N0}.");
            end = entry.End;
        }
        if (end > available)
            throw file.Error($"ends {end - available:N0} bytes before its last tensor does.", "It is cut off; download or copy it again.");
        if (end < available)
            throw file.Error($"has {available - end:N0} bytes after its last tensor, which the format does not allow.");
    }

    private static StoredTensor ToStoredTensor(CheckpointFile file, SafetensorsEntry entry, long dataStart)
    {
        var info = new TensorInfo { Name = entry.Name, DType = entry.Element.ReadAs, Shape = Array.AsReadOnly(entry.Shape) };
        var block = new DataBlock(file, entry.Name, dataStart + entry.Begin, entry.End - entry.Begin);
        return new StoredTensor(info, entry.Element, block, 0, TensorLayout.ContiguousStrides(entry.Shape));
    }
}
