using System.Buffers.Binary;
using Clip.Checkpoints.PyTorch;
using Clip.Checkpoints.Reading;
using Clip.Checkpoints.Safetensors;
using Clip.Checkpoints.Sharding;

namespace Clip.Checkpoints;

/// <summary>Opens a checkpoint in whatever format its content shows.</summary>
internal static class CheckpointReader
{
    private const int LongestSignature = 16;

    /// <summary>Reads names, dtypes, shapes and metadata; the files stay open in the result.</summary>
    public static CheckpointContents Read(string path)
    {
        var file = CheckpointFile.Open(path);
        try
        {
            var start = ReadStart(file);
            if (!StartsJson(start))
                return ReadFile(file, start);

            var contents = ShardedReader.Read(file);
            file.Dispose();
            return contents;
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <summary>Reads one file that holds tensors itself, such as a shard.</summary>
    public static CheckpointContents ReadShard(string path)
    {
        var file = CheckpointFile.Open(path);
        try
        {
            var start = ReadStart(file);
            return StartsJson(start)
                ? throw file.Error("is JSON, but a shard has to be a safetensors or PyTorch file.")
                : ReadFile(file, start);
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    private static CheckpointContents ReadFile(CheckpointFile file, ReadOnlySpan<byte> start)
    {
        // Safetensors first: the length it starts with may look like another format's signature.
        if (IsSafetensors(start))
            return SafetensorsReader.Read(file);
        if (start.StartsWith("PK\x03\x04"u8) || start.StartsWith("PK\x05\x06"u8))
            return TorchArchiveReader.Read(file);
        if (start[0] == 0x80)
            return TorchLegacyReader.Read(file);
        if (MayBeSafetensors(start, file.Length))
            return SafetensorsReader.Read(file);
        throw file.Error($"is neither a safetensors nor a PyTorch file. {Foreign.Describe(start)}");
    }

    private static byte[] ReadStart(CheckpointFile file)
    {
        if (file.Length == 0)
            throw file.Error("is empty. Download or copy it again.");
        var start = new byte[Math.Min(LongestSignature, file.Length)];
        file.Read(start, 0);
        return start;
    }

    private static bool StartsJson(ReadOnlySpan<byte> start)
    {
        // The length before a safetensors header has zeros among its eight bytes; JSON text has none.
        if (start[..Math.Min(8, start.Length)].Contains((byte)0))
            return false;
        if (start.StartsWith("\uFEFF"u8))
            start = start[3..];
        var text = start.TrimStart(" \t\r\n"u8);
        return !text.IsEmpty && text[0] is (byte)'{' or (byte)'[';
    }

    private static bool IsSafetensors(ReadOnlySpan<byte> start) =>
        start.Length > SafetensorsReader.LengthBytes
        && start[SafetensorsReader.LengthBytes] == (byte)'{'
        && BinaryPrimitives.ReadUInt64LittleEndian(start) <= SafetensorsReader.LongestHeader;

    // Close enough that the safetensors reader can say better what is wrong.
    private static bool MayBeSafetensors(ReadOnlySpan<byte> start, long fileLength) =>
        start.Length >= SafetensorsReader.LengthBytes
        && (BinaryPrimitives.ReadUInt64LittleEndian(start) <= (ulong)fileLength
            || (start.Length > SafetensorsReader.LengthBytes && start[SafetensorsReader.LengthBytes] == (byte)'{'));
}
