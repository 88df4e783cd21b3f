using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;
using Clip.Preprocessing.Decoding;
using SkiaSharp;

namespace Clip.Preprocessing.Tests.Support;

/// <summary>Image files of any size, made on the spot.</summary>
internal static class TestImages
{
    public static byte[] Jpeg(int width, int height) => Encode(width, height, SKEncodedImageFormat.Jpeg);

    public static byte[] Png(int width, int height) => Encode(width, height, SKEncodedImageFormat.Png);

    public static byte[] WebP(int width, int height) => Encode(width, height, SKEncodedImageFormat.Webp);

    /// <summary>The same JPEG file, saying how it is turned upright.</summary>
    public static byte[] WithOrientation(byte[] jpeg, byte orientation)
    {
        byte[] exif =
        [
            0xFF, 0xE1, 0, 34, (byte)'E', (byte)'x', (byte)'i', (byte)'f', 0, 0,
            (byte)'M', (byte)'M', 0, 42, 0, 0, 0, 8, 0, 1, 0x01, 0x12, 0, 3, 0, 0, 0, 1, 0, orientation, 0, 0, 0, 0, 0, 0,
        ];
        return [.. jpeg[..2], .. exif, .. jpeg[2..]];
    }

    /// <summary>The same JPEG file with a preview, as cameras store it: a JPEG file in the second directory of EXIF.</summary>
    public static byte[] WithThumbnail(byte[] jpeg, byte[] thumbnail)
    {
        const int offset = 8 + 2 + 4 + 2 + 2 * 12 + 4;
        byte[] length = [(byte)(thumbnail.Length >> 24), (byte)(thumbnail.Length >> 16), (byte)(thumbnail.Length >> 8), (byte)thumbnail.Length];
        byte[] directories =
        [
            (byte)'M', (byte)'M', 0, 42, 0, 0, 0, 8,
            0, 0, 0, 0, 0, 14,
            0, 2, 0x02, 0x01, 0, 4, 0, 0, 0, 1, 0, 0, 0, offset, 0x02, 0x02, 0, 4, 0, 0, 0, 1, .. length, 0, 0, 0, 0,
        ];
        byte[] exif = [.. "Exif\0\0"u8, .. directories, .. thumbnail];
        byte[] size = [(byte)((exif.Length + 2) >> 8), (byte)(exif.Length + 2)];
        return [.. jpeg[..2], 0xFF, 0xE1, .. size, .. exif, .. jpeg[2..]];
    }

    /// <summary>A black PNG file, of any kind of pixels.</summary>
    /// <param name="width">Width.</param>
    /// <param name="height">Height.</param>
    /// <param name="color">The color type: 0 gray, 2 RGB, 4 gray with opacity, 6 RGB with opacity.</param>
    /// <param name="depth">Bits per sample.</param>
    /// <param name="isInterlaced">Whether it is stored in seven passes.</param>
    public static byte[] BlackPng(int width, int height, byte color, byte depth, bool isInterlaced)
    {
        var header = new byte[13];
        BinaryPrimitives.WriteInt32BigEndian(header, width);
        BinaryPrimitives.WriteInt32BigEndian(header.AsSpan(4), height);
        (header[8], header[9], header[12]) = (depth, color, (byte)(isInterlaced ? 1 : 0));
        var samples = color switch
        {
            2 => 3,
            4 => 2,
            6 => 4,
            _ => 1,
        };
        ReadOnlySpan<(int X, int Y, int Across, int Down)> passes = isInterlaced
            ? [(0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2)]
            : [(0, 0, 1, 1)];
        using var data = new MemoryStream();
        using (var compressed = new ZLibStream(data, CompressionLevel.Fastest, leaveOpen: true))
        {
            foreach (var (x, y, across, down) in passes)
            {
                long columns = (width - x + across - 1) / across, rows = (height - y + down - 1) / down;
                var row = new byte[1 + (columns * samples * depth + 7) / 8];
                for (var i = 0; i < rows; i++)
                    compressed.Write(row);
            }
        }
        return [0x89, .. "PNG\r\n\x1a\n"u8, .. Chunk("IHDR", header), .. Chunk("IDAT", data.ToArray()), .. Chunk("IEND", [])];
    }

    /// <summary>A gray JPEG file of one color throughout: small, whatever its size.</summary>
    /// <param name="width">Width.</param>
    /// <param name="height">Height.</param>
    /// <param name="isProgressive">Whether it is stored in scans.</param>
    public static byte[] FlatJpeg(int width, int height, bool isProgressive)
    {
        var blocks = 3L * ((width + 7) / 8) * ((height + 7) / 8);
        byte[] quantization = [0xFF, 0xDB, 0, 67, 0, .. Enumerable.Repeat((byte)1, 64)];
        // One code, a single zero bit, for "no difference" and for "no more coefficients".
        byte[] codes = [0xFF, 0xC4, 0, 20, 0, 1, .. new byte[15], 0, 0xFF, 0xC4, 0, 20, 0x10, 1, .. new byte[15], 0];
        byte[] frame =
        [
            0xFF, (byte)(isProgressive ? 0xC2 : 0xC0), 0, 17, 8, (byte)(height >> 8), (byte)height, (byte)(width >> 8), (byte)width,
            3, 1, 0x11, 0, 2, 0x11, 0, 3, 0x11, 0,
        ];
        byte[] scan = [0xFF, 0xDA, 0, 12, 3, 1, 0, 2, 0, 3, 0, 0, (byte)(isProgressive ? 0 : 63), 0];
        return [0xFF, 0xD8, .. quantization, .. codes, .. frame, .. scan, .. new byte[(blocks * (isProgressive ? 1 : 2) + 7) / 8], 0xFF, 0xD9];
    }

    /// <summary>A black bitmap of 24 bits per pixel; the width is a multiple of four.</summary>
    public static byte[] BlackBmp(int width, int height)
    {
        var file = new byte[54 + 3 * width * height];
        "BM"u8.CopyTo(file);
        BinaryPrimitives.WriteInt32LittleEndian(file.AsSpan(2), file.Length);
        BinaryPrimitives.WriteInt32LittleEndian(file.AsSpan(10), 54);
        BinaryPrimitives.WriteInt32LittleEndian(file.AsSpan(14), 40);
        BinaryPrimitives.WriteInt32LittleEndian(file.AsSpan(18), width);
        BinaryPrimitives.WriteInt32LittleEndian(file.AsSpan(22), height);
        (file[26], file[28]) = (1, 24);
        return file;
    }

    /// <summary>A GIF file of the first color of its palette, red; the number of pixels is even.</summary>
    public static byte[] RedGif(int width, int height)
    {
        // Codes of three bits: "begin anew" (4) and two pixels (0), over and over, so that they never grow longer; then the end (5).
        var groups = width * height / 2;
        var codes = new byte[(9L * groups + 3 + 7) / 8];
        for (var bit = 2L; bit <= 9L * groups + 2; bit += 9)
            codes[bit >> 3] |= (byte)(1 << (int)(bit & 7));
        codes[9L * groups >> 3] |= (byte)(1 << (int)(9L * groups & 7));
        using var file = new MemoryStream();
        byte[] size = [(byte)width, (byte)(width >> 8), (byte)height, (byte)(height >> 8)];
        file.Write([.. "GIF89a"u8, .. size, 0x81, 0, 0, 200, 0, 0, 0, 200, 0, 0, 0, 200, 9, 9, 9, 0x2C, 0, 0, 0, 0, .. size, 0, 2]);
        foreach (var block in codes.Chunk(255))
        {
            file.WriteByte((byte)block.Length);
            file.Write(block);
        }
        file.Write([0, 0x3B]);
        return file.ToArray();
    }

    /// <summary>A lossless WebP file.</summary>
    public static byte[] LosslessWebP(int width, int height)
    {
        using var bitmap = new SKBitmap(new SKImageInfo(width, height, SKColorType.Rgba8888, SKAlphaType.Opaque));
        bitmap.Erase(SKColors.Teal);
        using var pixmap = bitmap.PeekPixels();
        using var data = pixmap.Encode(new SKWebpEncoderOptions(SKWebpEncoderCompression.Lossless, 0))
            ?? throw new InvalidOperationException("The image cannot be encoded.");
        return data.ToArray();
    }

    private static byte[] Chunk(string type, byte[] content)
    {
        byte[] body = [.. Encoding.ASCII.GetBytes(type), .. content];
        var numbers = new byte[8];
        BinaryPrimitives.WriteInt32BigEndian(numbers, content.Length);
        BinaryPrimitives.WriteUInt32BigEndian(numbers.AsSpan(4), PngChecksum.Compute(body));
        return [.. numbers[..4], .. body, .. numbers[4..]];
    }

    // Slopes with edges: neither flat nor noise.
    private static byte[] Encode(int width, int height, SKEncodedImageFormat format)
    {
        using var bitmap = new SKBitmap(new SKImageInfo(width, height, SKColorType.Rgba8888, SKAlphaType.Opaque));
        var pixels = bitmap.GetPixelSpan();
        for (var y = 0; y < height; y++)
        {
            var row = pixels.Slice(y * bitmap.RowBytes, 4 * width);
            for (var x = 0; x < width; x++)
            {
                row[4 * x] = (byte)(x * 255 / width);
                row[4 * x + 1] = (byte)(y * 255 / height);
                row[4 * x + 2] = (byte)((x / 13 ^ y / 17) * 31);
                row[4 * x + 3] = 255;
            }
        }
        using var data = bitmap.Encode(format, 90);
        return data.ToArray();
    }
}
