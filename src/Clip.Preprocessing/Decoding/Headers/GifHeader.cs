namespace Clip.Preprocessing.Decoding;

/// <summary>Reads a GIF file up to its first frame (GIF89a specification).</summary>
internal static class GifHeader
{
    private const byte Extension = 0x21;
    private const byte Frame = 0x2C;

    public static bool Matches(ReadOnlySpan<byte> encoded) => encoded.StartsWith("GIF87a"u8) || encoded.StartsWith("GIF89a"u8);

    public static ImageHeader Read(ReadOnlySpan<byte> encoded)
    {
        var reader = new ByteReader(encoded);
        var at = 13L;
        var palette = ReadPalette(reader, reader[10], ref at);
        while (reader[at] == Extension)
        {
            for (at += 2; reader[at] != 0; at += reader[at] + 1)
            {
            }
            at++;
        }
        if (reader[at] != Frame)
            throw new InvalidDataException("it has no frame");

        var flags = reader[at + 9];
        // A frame may reach beyond the canvas, which then grows.
        var width = Math.Max(reader.UInt16(6), reader.UInt16(at + 1) + reader.UInt16(at + 5));
        var height = Math.Max(reader.UInt16(8), reader.UInt16(at + 3) + reader.UInt16(at + 7));
        at += 10;
        var framePalette = ReadPalette(reader, flags, ref at);
        if (!framePalette.IsEmpty)
            palette = framePalette;
        return new ImageHeader
        {
            Format = ImageFormat.Gif,
            Width = width,
            Height = height,
            Orientation = 1,
            Color = IsGreyRamp(palette) ? SourceColor.Grey : SourceColor.Palette,
        };
    }

    private static ReadOnlySpan<byte> ReadPalette(ByteReader reader, byte flags, ref long at)
    {
        if ((flags & 0x80) == 0)
            return default;
        var length = 3 << ((flags & 7) + 1);
        var palette = reader.Slice(at, length);
        at += length;
        return palette;
    }

    // Pillow takes a palette that maps every number to the same shade of grey, or none at all, as grey pixels.
    private static bool IsGreyRamp(ReadOnlySpan<byte> palette)
    {
        for (var i = 0; i < palette.Length; i++)
        {
            if (palette[i] != i / 3)
                return false;
        }
        return true;
    }
}
