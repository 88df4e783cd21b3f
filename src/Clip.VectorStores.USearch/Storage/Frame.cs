using System.Buffers.Binary;
using System.IO.Hashing;

namespace Clip.VectorStores.USearch.Storage;

/// <summary>What is committed at once: a header of 24 bytes that names the length and the hashes, then the entries.</summary>
internal static class Frame
{
    /// <summary>Bytes before the entries.</summary>
    public const int HeaderBytes = 24;

    /// <summary>Bytes of entries at most; larger batches are several frames.</summary>
    public const int MostBytes = 256 << 20;

    // "CLVF"
    private const uint Mark = 0x46564C43;

    /// <summary>Writes the header.</summary>
    /// <param name="header">Takes it.</param>
    /// <param name="entries">The entries.</param>
    public static void WriteHeader(Span<byte> header, ReadOnlySpan<byte> entries)
    {
        BinaryPrimitives.WriteUInt32LittleEndian(header, Mark);
        BinaryPrimitives.WriteInt32LittleEndian(header[4..], entries.Length);
        BinaryPrimitives.WriteUInt64LittleEndian(header[8..], XxHash3.HashToUInt64(entries));
        BinaryPrimitives.WriteUInt64LittleEndian(header[16..], XxHash3.HashToUInt64(header[..16]));
    }

    /// <summary>Bytes of the entries; null where the bytes are no header.</summary>
    /// <param name="header">The bytes.</param>
    public static int? ReadLength(ReadOnlySpan<byte> header)
    {
        var length = BinaryPrimitives.ReadInt32LittleEndian(header[4..]);
        return BinaryPrimitives.ReadUInt32LittleEndian(header) == Mark
            && BinaryPrimitives.ReadUInt64LittleEndian(header[16..]) == XxHash3.HashToUInt64(header[..16])
            && length is > 0 and <= MostBytes ? length : null;
    }

    /// <summary>Whether the entries are those of the header.</summary>
    /// <param name="header">The header.</param>
    /// <param name="entries">The entries.</param>
    public static bool Fits(ReadOnlySpan<byte> header, ReadOnlySpan<byte> entries) =>
        BinaryPrimitives.ReadUInt64LittleEndian(header[8..]) == XxHash3.HashToUInt64(entries);
}
