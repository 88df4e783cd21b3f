using System.Buffers.Binary;
using System.IO.Compression;
using System.IO.Hashing;

namespace WebApi.Load;

/// <summary>Small files of large images: black PNG files just below the sample's limit of pixels, and one above it.</summary>
internal static class Bombs
{
    // The first sample, the step between samples, across and down, of the passes of an interlaced image (PNG specification, section 8.2).
    private static readonly (int X, int Y, int StepX, int StepY)[] s_passes =
        [(0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2)];

    /// <summary>The kinds.</summary>
    public static byte[][] All { get; } =
    [
        Png(8000, 4100, bitsPerSample: 8, isInterlaced: false),
        Png(8000, 4100, bitsPerSample: 16, isInterlaced: false),
        Png(8000, 4100, bitsPerSample: 8, isInterlaced: true),
        Png(8000, 4100, bitsPerSample: 16, isInterlaced: true),
        Png(20_000, 20_000, bitsPerSample: 8, isInterlaced: false),
    ];

    /// <summary>A black image with transparency.</summary>
    public static byte[] Png(int width, int height, int bitsPerSample, bool isInterlaced)
    {
        using var file = new MemoryStream();
        file.Write([0x89, (byte)'P', (byte)'N', (byte)'G', 13, 10, 26, 10]);
        var header = new byte[13];
        BinaryPrimitives.WriteInt32BigEndian(header, width);
        BinaryPrimitives.WriteInt32BigEndian(header.AsSpan(4), height);
        (header[8], header[9], header[12]) = ((byte)bitsPerSample, 6, (byte)(isInterlaced ? 1 : 0));
        Write(file, "IHDR"u8, header);
        Write(file, "IDAT"u8, Rows(width, height, bitsPerSample / 2, isInterlaced));
        Write(file, "IEND"u8, []);
        return file.ToArray();
    }

    private static byte[] Rows(int width, int height, int bytesPerPixel, bool isInterlaced)
    {
        using var packed = new MemoryStream();
        using (var zlib = new ZLibStream(packed, CompressionLevel.Fastest))
        {
            (int X, int Y, int StepX, int StepY)[] passes = isInterlaced ? s_passes : [(0, 0, 1, 1)];
            foreach (var (x, y, stepX, stepY) in passes)
            {
                var row = new byte[1 + bytesPerPixel * ((width - x + stepX - 1) / stepX)];
                for (var i = y; i < height; i += stepY)
                    zlib.Write(row);
            }
        }
        return packed.ToArray();
    }

    private static void Write(Stream file, ReadOnlySpan<byte> type, ReadOnlySpan<byte> data)
    {
        Span<byte> number = stackalloc byte[4];
        BinaryPrimitives.WriteInt32BigEndian(number, data.Length);
        file.Write(number);
        file.Write(type);
        file.Write(data);
        BinaryPrimitives.WriteUInt32BigEndian(number, Crc32.HashToUInt32([.. type, .. data]));
        file.Write(number);
    }
}
