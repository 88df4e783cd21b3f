using Clip.Preprocessing.Decoding;

namespace Clip.Preprocessing.ImageSharp.Completeness;

/// <summary>The rows of a Windows bitmap.</summary>
internal static class BmpData
{
    private const uint OldestHeader = 12;
    private const uint RunsOfBytes = 1;
    private const uint RunsOfNibbles = 2;
    private const byte EndOfBitmap = 1;
    private const byte Delta = 2;

    /// <summary>Requires every row, or runs up to the code that ends them.</summary>
    /// <exception cref="InvalidDataException">They are cut off.</exception>
    public static void Require(ReadOnlySpan<byte> encoded, ImageHeader header)
    {
        var reader = new ByteReader(encoded);
        var isOldest = reader.UInt32(14) == OldestHeader;
        var compression = isOldest ? 0 : reader.UInt32(30);
        var isWhole = compression is RunsOfBytes or RunsOfNibbles
            ? HasEnd(encoded, reader.UInt32(10), bytesPerPair: compression == RunsOfBytes ? 2 : 1)
            : HasRows(encoded, reader.UInt32(10), header, bits: reader.UInt16(isOldest ? 24 : 28));
        if (!isWhole)
            throw new InvalidDataException("it is cut off");
    }

    // Rows are padded to four bytes.
    private static bool HasRows(ReadOnlySpan<byte> encoded, uint data, ImageHeader header, int bits) =>
        data + (header.Width * bits + 31) / 32 * 4 * header.Height <= encoded.Length;

    // A run is a count and its color; a count of zero begins an escape, or pixels one by one that are padded to two bytes.
    private static bool HasEnd(ReadOnlySpan<byte> encoded, long at, int bytesPerPair)
    {
        while (at + 2 <= encoded.Length)
        {
            var (count, code) = (encoded[(int)at], encoded[(int)at + 1]);
            at += 2;
            if (count != 0)
                continue;
            if (code == EndOfBitmap)
                return true;
            if (code == Delta)
                at += 2;
            else
                at += ((code * bytesPerPair + 1) / 2 + 1) / 2 * 2;
        }
        return false;
    }
}
