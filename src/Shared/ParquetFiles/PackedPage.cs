using System.Buffers.Binary;
using Parquet.Meta;

namespace Clip.Shared.ParquetFiles;

/// <summary>What a page becomes by the account of its compressed data, which Parquet.Net believes before that of its header.</summary>
internal static class PackedPage
{
    private const uint ZstdMagic = 0xFD2FB528;
    private const int MostZstdHeader = 18;
    private const int MostZstdBlock = 128 << 10;

    /// <summary>The most bytes that data claim to become, before they are unpacked.</summary>
    /// <param name="codec">How they are compressed.</param>
    /// <param name="data">The compressed data.</param>
    /// <returns>The bytes; 0 where the header of the page decides.</returns>
    public static long ClaimedSize(CompressionCodec codec, ReadOnlySpan<byte> data) => codec switch
    {
        CompressionCodec.SNAPPY => SnappySize(data),
        CompressionCodec.ZSTD => ZstdSize(data),
        _ => 0,
    };

    // The format begins with the size, seven bits in a byte.
    private static long SnappySize(ReadOnlySpan<byte> data)
    {
        long size = 0;
        for (var place = 0; place < Math.Min(5, data.Length); place++)
        {
            size |= (long)(data[place] & 0x7F) << (7 * place);
            if (data[place] < 0x80)
                break;
        }
        return size;
    }

    // RFC 8878: a frame may say its size; without it, no block of it is larger than 128 KiB.
    private static long ZstdSize(ReadOnlySpan<byte> data)
    {
        if (data.Length < 6 || BinaryPrimitives.ReadUInt32LittleEndian(data) != ZstdMagic)
            return 0;
        Span<byte> header = stackalloc byte[MostZstdHeader];
        header.Clear();
        data[..Math.Min(data.Length, header.Length)].CopyTo(header);
        var descriptor = header[4];
        var isSingle = (descriptor & 0x20) != 0;
        var position = 5 + (isSingle ? 0 : 1) + (descriptor & 3) switch { 3 => 4, var bytes => bytes };
        var size = header[position..];
        switch (descriptor >> 6)
        {
            case 1:
                return BinaryPrimitives.ReadUInt16LittleEndian(size) + 256;
            case 2:
                return BinaryPrimitives.ReadUInt32LittleEndian(size);
            case 3:
                return (long)Math.Min(BinaryPrimitives.ReadUInt64LittleEndian(size), long.MaxValue);
            case 0 when isSingle:
                return size[0];
        }
        return ZstdBlocks(data, position) * MostZstdBlock;
    }

    private static long ZstdBlocks(ReadOnlySpan<byte> data, int position)
    {
        var blocks = 0L;
        for (var isLast = false; !isLast && position + 3 <= data.Length; blocks++)
        {
            var header = data[position] | data[position + 1] << 8 | data[position + 2] << 16;
            isLast = (header & 1) != 0;
            // A run of one byte has only that byte.
            var length = (header >> 1 & 3) == 1 ? 1 : header >> 3;
            position = Math.Min(data.Length, position + 3 + length);
        }
        return blocks;
    }
}
