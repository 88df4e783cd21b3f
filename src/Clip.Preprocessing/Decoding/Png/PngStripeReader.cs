using System.IO.Compression;

namespace Clip.Preprocessing.Decoding;

/// <summary>Reads a PNG file in stripes: of up to eight bits per sample, and not interlaced. The pixels are those of the whole decode.</summary>
internal sealed unsafe class PngStripeReader : StripeReader
{
    private readonly ZLibStream _data;
    private readonly int _samples;
    private readonly int _depth;
    private readonly uint[]? _colors;
    private byte[] _row;
    private byte[] _above;

    private PngStripeReader(byte* encoded, int length, ImageHeader header, PixelFormat format, long firstData, uint[]? colors)
        : base((int)header.Width, (int)header.Height, format)
    {
        _depth = encoded[24];
        _samples = encoded[25] switch
        {
            2 => 3,
            4 => 2,
            6 => 4,
            _ => 1,
        };
        _colors = colors;
        var rowBytes = (int)((header.Width * _samples * _depth + 7) / 8);
        // The filter's number stands before the row.
        _row = new byte[1 + rowBytes];
        _above = new byte[1 + rowBytes];
        _data = new ZLibStream(new PngDataStream(encoded, length, firstData), CompressionMode.Decompress);
    }

    /// <summary>Opens a file.</summary>
    /// <param name="encoded">The file, which stays where it is.</param>
    /// <param name="length">Its length in bytes.</param>
    /// <param name="header">Its header.</param>
    /// <exception cref="InvalidDataException">The file is damaged.</exception>
    public static PngStripeReader Open(byte* encoded, int length, ImageHeader header)
    {
        var reader = new ByteReader(new ReadOnlySpan<byte>(encoded, length));
        uint[]? palette = null;
        for (var at = 8L; ;)
        {
            var size = reader.BigUInt32(at);
            var type = reader.Slice(at + 4, 4);
            if (type.SequenceEqual("IDAT"u8))
            {
                var isPalette = encoded[25] == 3;
                if (isPalette && palette is null)
                    throw new InvalidDataException("its palette is missing");
                var hasAlpha = header.Color is SourceColor.Rgba or SourceColor.GrayAlpha;
                return new PngStripeReader(
                    encoded, length, header, hasAlpha ? PixelFormat.Rgba32 : PixelFormat.Rgbx32, at, isPalette ? palette : Shades(encoded[24]))
                {
                    IsIndexed = header.Color is SourceColor.Palette or SourceColor.Bilevel,
                };
            }
            // Colors, sizes and the end of the file are only believed with their checksums.
            var isCritical = (type[0] & 0x20) == 0;
            if (isCritical && PngChecksum.Compute(reader.Slice(at + 4, 4L + size)) != reader.BigUInt32(at + 8 + size))
                throw new InvalidDataException("its header is damaged (a checksum is wrong)");
            if (type.SequenceEqual("PLTE"u8))
                palette = ReadPalette(reader.Slice(at + 8, size));
            at += 12L + size;
        }
    }

    public override void Dispose()
    {
        _data.Dispose();
        base.Dispose();
    }

    protected override void Decode(Span<byte> rows, int count)
    {
        var stride = rows.Length / count;
        for (var y = 0; y < count; y++)
        {
            if (_data.ReadAtLeast(_row, _row.Length, throwOnEndOfStream: false) != _row.Length)
                throw new InvalidDataException("it is cut off");
            PngFilter.Undo(_row[0], _row.AsSpan(1), _above.AsSpan(1), Math.Max(1, _samples * _depth / 8));
            fixed (byte* source = &_row[1])
            fixed (byte* destination = rows.Slice(y * stride, stride))
                Convert(source, (uint*)destination);
            (_row, _above) = (_above, _row);
        }
    }

    private void Convert(byte* source, uint* destination)
    {
        const uint Opaque = 0xFF000000;
        switch (_samples)
        {
            case 1:
                var mask = (1 << _depth) - 1;
                for (var x = 0; x < Width; x++)
                {
                    var bit = (long)x * _depth;
                    destination[x] = _colors![source[bit >> 3] >> (8 - _depth - (int)(bit & 7)) & mask];
                }
                break;
            case 2:
                for (var x = 0; x < Width; x++)
                    destination[x] = source[2 * x] * 0x010101u | (uint)source[2 * x + 1] << 24;
                break;
            case 3:
                for (var x = 0; x < Width; x++)
                    destination[x] = source[3 * x] | (uint)source[3 * x + 1] << 8 | (uint)source[3 * x + 2] << 16 | Opaque;
                break;
            default:
                Buffer.MemoryCopy(source, destination, 4L * Width, 4L * Width);
                break;
        }
    }

    private static uint[] Shades(int depth)
    {
        var colors = new uint[1 << Math.Min(depth, 8)];
        for (var i = 0; i < colors.Length; i++)
            colors[i] = (uint)(i * 255 / (colors.Length - 1)) * 0x010101u | 0xFF000000;
        return colors;
    }

    // A number beyond the palette is its last color, as in SkiaSharp's codec.
    private static uint[] ReadPalette(ReadOnlySpan<byte> chunk)
    {
        var count = Math.Min(chunk.Length / 3, 256);
        if (count == 0)
            throw new InvalidDataException("its palette is empty");
        var colors = new uint[256];
        for (var i = 0; i < colors.Length; i++)
        {
            var color = chunk.Slice(3 * Math.Min(i, count - 1), 3);
            colors[i] = color[0] | (uint)color[1] << 8 | (uint)color[2] << 16 | 0xFF000000;
        }
        return colors;
    }
}
