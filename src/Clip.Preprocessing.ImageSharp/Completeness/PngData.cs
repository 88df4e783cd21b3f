using System.Buffers;
using System.IO.Compression;
using Clip.Preprocessing.Decoding;

namespace Clip.Preprocessing.ImageSharp.Completeness;

/// <summary>The data chunks of a PNG file (PNG specification, third edition, sections 7 and 8).</summary>
internal static unsafe class PngData
{
    private const int PieceLength = 1 << 16;

    /// <summary>Requires data for every row, in chunks whose checksums are right.</summary>
    /// <param name="encoded">The file, which stays where it is.</param>
    /// <param name="length">Its length in bytes.</param>
    /// <param name="header">Its header.</param>
    /// <exception cref="InvalidDataException">The data ends early, or is damaged.</exception>
    public static void Require(byte* encoded, int length, ImageHeader header)
    {
        using var data = new ZLibStream(new PngDataStream(encoded, length, FindData(new ReadOnlySpan<byte>(encoded, length))), CompressionMode.Decompress);
        var piece = ArrayPool<byte>.Shared.Rent(PieceLength);
        try
        {
            for (var left = Length(header, BitsPerPixel(encoded), isInterlaced: encoded[28] != 0); left > 0;)
            {
                var read = Read(data, piece.AsSpan(0, (int)Math.Min(left, piece.Length)));
                left -= read > 0 ? read : throw new InvalidDataException("it is cut off");
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(piece);
        }
    }

    private static int Read(ZLibStream data, Span<byte> piece)
    {
        try
        {
            return data.Read(piece);
        }
        catch (InvalidDataException e)
        {
            throw new InvalidDataException("its data is damaged", e);
        }
    }

    private static long FindData(ReadOnlySpan<byte> encoded)
    {
        var reader = new ByteReader(encoded);
        var at = 8L;
        while (!reader.Slice(at + 4, 4).SequenceEqual("IDAT"u8))
            at += 12L + reader.BigUInt32(at);
        return at;
    }

    private static int BitsPerPixel(byte* encoded) => encoded[24] * encoded[25] switch
    {
        2 => 3,
        4 => 2,
        6 => 4,
        _ => 1,
    };

    // Each row of each pass begins with the number of its filter; a pass without columns has no rows.
    private static long Length(ImageHeader header, int bits, bool isInterlaced)
    {
        ReadOnlySpan<(int X, int Y, int Across, int Down)> passes = isInterlaced
            ? [(0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2)]
            : [(0, 0, 1, 1)];
        var length = 0L;
        foreach (var (x, y, across, down) in passes)
        {
            var columns = (header.Width - x + across - 1) / across;
            var rows = (header.Height - y + down - 1) / down;
            if (columns > 0)
                length += rows * (1 + (columns * bits + 7) / 8);
        }
        return length;
    }
}
