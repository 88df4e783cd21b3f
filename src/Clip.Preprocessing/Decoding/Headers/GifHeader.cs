namespace Clip.Preprocessing.Decoding;

/// <summary>Reads a GIF file up to its first frame (GIF89a specification).</summary>
internal static class GifHeader
{
    private const byte Extension = 0x21;
    private const byte GraphicControl = 0xF9;
    private const byte Frame = 0x2C;

    public static bool Matches(ReadOnlySpan<byte> encoded) => encoded.StartsWith("GIF87a"u8) || encoded.StartsWith("GIF89a"u8);

    public static ImageHeader Read(ReadOnlySpan<byte> encoded)
    {
        var frame = FindFrame(encoded, out var palette, out _);
        var reader = new ByteReader(encoded);
        // A frame may reach beyond the canvas, which then grows.
        long width = Math.Max(reader.UInt16(6), reader.UInt16(frame + 1) + reader.UInt16(frame + 5));
        long height = Math.Max(reader.UInt16(8), reader.UInt16(frame + 3) + reader.UInt16(frame + 7));
        return new ImageHeader
        {
            Format = ImageFormat.Gif,
            Width = width,
            Height = height,
            BufferedBytes = width * height,
            Orientation = 1,
            Color = IsGrayRamp(palette) ? SourceColor.Gray : SourceColor.Palette,
        };
    }

    /// <summary>The color of transparent pixels, which shows once opacity is dropped; black where none is given.</summary>
    public static ReadOnlySpan<byte> HiddenColor(ReadOnlySpan<byte> encoded)
    {
        FindFrame(encoded, out var palette, out var transparent);
        return 3 * transparent + 3 <= palette.Length ? palette.Slice(3 * transparent, 3) : [0, 0, 0];
    }

    /// <summary>Where the first frame's compressed data begins.</summary>
    public static long FindData(ReadOnlySpan<byte> encoded)
    {
        var frame = FindFrame(encoded, out _, out _);
        var at = frame + 10;
        ReadPalette(new ByteReader(encoded), encoded[(int)frame + 9], ref at);
        return at;
    }

    private static long FindFrame(ReadOnlySpan<byte> encoded, out ReadOnlySpan<byte> palette, out int transparent)
    {
        var reader = new ByteReader(encoded);
        var at = 13L;
        palette = ReadPalette(reader, reader[10], ref at);
        transparent = 0;
        while (reader[at] == Extension)
        {
            if (reader[at + 1] == GraphicControl && reader[at + 2] == 4 && (reader[at + 3] & 1) != 0)
                transparent = reader[at + 6];
            for (at += 2; reader[at] != 0; at += reader[at] + 1)
            {
            }
            at++;
        }
        if (reader[at] != Frame)
            throw new InvalidDataException("it has no frame");
        var frame = at;
        at += 10;
        var framePalette = ReadPalette(reader, reader[frame + 9], ref at);
        if (!framePalette.IsEmpty)
            palette = framePalette;
        return frame;
    }

    private static ReadOnlySpan<byte> ReadPalette(ByteReader reader, byte flags, scoped ref long at)
    {
        if ((flags & 0x80) == 0)
            return default;
        var length = 3 << ((flags & 7) + 1);
        var palette = reader.Slice(at, length);
        at += length;
        return palette;
    }

    // Pillow takes a palette that maps every number to the same shade of gray, or none at all, as gray pixels.
    private static bool IsGrayRamp(ReadOnlySpan<byte> palette)
    {
        for (var i = 0; i < palette.Length; i++)
        {
            if (palette[i] != i / 3)
                return false;
        }
        return true;
    }
}
