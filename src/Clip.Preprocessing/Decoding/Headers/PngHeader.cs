namespace Clip.Preprocessing.Decoding;

/// <summary>Reads a PNG file's chunks up to its data (PNG specification, third edition, sections 5 and 11).</summary>
internal static class PngHeader
{
    public static ReadOnlySpan<byte> Signature => [0x89, (byte)'P', (byte)'N', (byte)'G', 0x0D, 0x0A, 0x1A, 0x0A];

    public static ImageHeader Read(ReadOnlySpan<byte> encoded)
    {
        var reader = new ByteReader(encoded);
        if (reader.BigUInt32(8) != 13 || !reader.Slice(12, 4).SequenceEqual("IHDR"u8))
            throw new InvalidDataException("its header chunk is missing");
        int depth = reader[24], color = reader[25];
        var samples = color switch
        {
            2 => 3,
            4 => 2,
            6 => 4,
            _ => 1,
        };
        long width = reader.BigUInt32(16), height = reader.BigUInt32(20);
        return new ImageHeader
        {
            Format = ImageFormat.Png,
            Width = width,
            Height = height,
            HasPlainRows = reader[28] == 0 && depth <= 8,
            BufferedBytes = reader[28] == 0 ? 0 : InterlacedBytes(width, height, samples * Math.Max(8, depth)),
            Orientation = ReadOrientation(reader),
            Color = (color, depth) switch
            {
                (0, 1) => SourceColor.Bilevel,
                (0, 2 or 4 or 8 or 16) => SourceColor.Gray,
                (2, 8 or 16) => SourceColor.Rgb,
                (3, 1 or 2 or 4 or 8) => SourceColor.Palette,
                (4, 8 or 16) => SourceColor.GrayAlpha,
                (6, 8 or 16) => SourceColor.Rgba,
                _ => throw new InvalidDataException($"it has color type {color} with {depth} bits, which PNG does not know"),
            },
        };
    }

    // Sizes are 32-bit numbers that nobody has checked.
    private static long InterlacedBytes(long width, long height, int bits) =>
        width * height <= long.MaxValue / 64 ? width * height * bits / 8 : long.MaxValue;

    private static int ReadOrientation(ByteReader reader)
    {
        for (var at = 33L; at + 8 <= reader.Length;)
        {
            var length = reader.BigUInt32(at);
            var type = reader.Slice(at + 4, 4);
            if (type.SequenceEqual("IDAT"u8) || at + 8 + length > reader.Length)
                break;
            if (type.SequenceEqual("eXIf"u8))
                return ExifOrientation.Read(reader.Slice(at + 8, length));
            at += 12 + length;
        }
        return 1;
    }
}
