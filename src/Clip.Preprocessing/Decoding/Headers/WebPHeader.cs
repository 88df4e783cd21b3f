namespace Clip.Preprocessing.Decoding;

/// <summary>Reads the first chunk of a WebP file (RFC 9649, sections 2.5 to 2.7).</summary>
internal static class WebPHeader
{
    private const int AlphaFlag = 0x10;

    public static bool Matches(ReadOnlySpan<byte> encoded) =>
        encoded.Length >= 12 && encoded.StartsWith("RIFF"u8) && encoded[8..].StartsWith("WEBP"u8);

    public static ImageHeader Read(ReadOnlySpan<byte> encoded)
    {
        var reader = new ByteReader(encoded);
        var chunk = reader.Slice(12, 4);
        if (chunk.SequenceEqual("VP8X"u8))
        {
            var hasAlpha = (reader[20] & AlphaFlag) != 0;
            return Header(reader.UInt24(24) + 1, reader.UInt24(27) + 1, hasAlpha, ReadOrientation(reader));
        }
        if (chunk.SequenceEqual("VP8L"u8))
        {
            if (reader[20] != 0x2F)
                throw new InvalidDataException("its lossless data has a wrong signature");
            var packed = reader.UInt32(21);
            return Header((int)(packed & 0x3FFF) + 1, (int)(packed >> 14 & 0x3FFF) + 1, (packed >> 28 & 1) != 0, 1);
        }
        if (chunk.SequenceEqual("VP8 "u8))
        {
            if (!reader.Slice(23, 3).SequenceEqual((ReadOnlySpan<byte>)[0x9D, 0x01, 0x2A]))
                throw new InvalidDataException("its lossy data has a wrong start code");
            return Header(reader.UInt16(26) & 0x3FFF, reader.UInt16(28) & 0x3FFF, false, 1) with { BufferedBytes = 0 };
        }
        throw new InvalidDataException("its first chunk is none that WebP begins with");
    }

    private static ImageHeader Header(int width, int height, bool hasAlpha, int orientation) => new()
    {
        Format = ImageFormat.WebP,
        Width = width,
        Height = height,
        // A lossless image is decoded whole, in four bytes per pixel, before it is copied; a lossy one's opacity in one. A file with an
        // extended header can be either.
        BufferedBytes = 4L * width * height,
        Orientation = orientation,
        Color = hasAlpha ? SourceColor.Rgba : SourceColor.Rgb,
    };

    private static int ReadOrientation(ByteReader reader)
    {
        for (var at = 12L; at + 8 <= reader.Length;)
        {
            long length = reader.UInt32(at + 4);
            if (reader.Slice(at, 4).SequenceEqual("EXIF"u8) && at + 8 + length <= reader.Length)
            {
                var exif = reader.Slice(at + 8, length);
                return ExifOrientation.Read(exif.StartsWith("Exif\0\0"u8) ? exif[6..] : exif);
            }
            at += 8 + length + (length & 1);
        }
        return 1;
    }
}
