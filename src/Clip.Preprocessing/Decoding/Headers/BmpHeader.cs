namespace Clip.Preprocessing.Decoding;

/// <summary>Reads the headers and palette of a Windows bitmap.</summary>
internal static class BmpHeader
{
    // The oldest header has 16-bit sizes and palette entries of three bytes.
    private const uint OldestHeader = 12;

    private const uint BitFields = 3;

    public static bool Matches(ReadOnlySpan<byte> encoded) => encoded.StartsWith("BM"u8);

    public static ImageHeader Read(ReadOnlySpan<byte> encoded)
    {
        var reader = new ByteReader(encoded);
        var headerSize = reader.UInt32(14);
        var isOldest = headerSize == OldestHeader;
        if (!isOldest && headerSize is < 40 or > 256)
            throw new InvalidDataException($"its header claims {headerSize} bytes, which no bitmap has");
        long width = isOldest ? reader.UInt16(18) : (int)reader.UInt32(18);
        // Rows from top to bottom are marked by a negative height.
        var height = isOldest ? reader.UInt16(20) : Math.Abs((long)(int)reader.UInt32(22));
        int bits = reader.UInt16(isOldest ? 24 : 28);
        var compression = isOldest ? 0 : reader.UInt32(30);
        return new ImageHeader
        {
            Format = ImageFormat.Bmp,
            Width = width,
            Height = height,
            Orientation = 1,
            Color = bits switch
            {
                1 or 2 or 4 or 8 => PaletteColor(reader, headerSize, bits, isOldest ? 0 : reader.UInt32(46)),
                32 when compression == BitFields && headerSize >= 56 && reader.UInt32(66) != 0 => SourceColor.Rgba,
                16 or 24 or 32 => SourceColor.Rgb,
                _ => throw new InvalidDataException($"it has {bits} bits per pixel, which no bitmap has"),
            },
        };
    }

    // Pillow takes a palette of all shades in order as gray, and one of black and white as one bit.
    private static SourceColor PaletteColor(ByteReader reader, uint headerSize, int bits, uint colorsUsed)
    {
        var colors = colorsUsed is > 0 and <= 256 ? (int)colorsUsed : 1 << bits;
        var entry = headerSize == OldestHeader ? 3 : 4;
        for (var i = 0; i < colors; i++)
        {
            var shade = colors == 2 ? 255 * i : i;
            if (reader.Slice(14 + headerSize + entry * i, 3).ContainsAnyExcept((byte)shade))
                return SourceColor.Palette;
        }
        return colors == 2 ? SourceColor.Bilevel : SourceColor.Gray;
    }
}
