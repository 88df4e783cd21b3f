namespace Clip.Preprocessing.Decoding;

/// <summary>Walks the markers of a JPEG file (ITU-T T.81, annex B).</summary>
internal static class JpegHeader
{
    private const byte StartOfScan = 0xDA;
    private const byte EndOfImage = 0xD9;

    // What libjpeg-turbo's own fuzzers take as the limit; a progressive file has about ten.
    private const int MostScans = 500;

    public static bool Matches(ReadOnlySpan<byte> encoded) => encoded.StartsWith((ReadOnlySpan<byte>)[0xFF, 0xD8, 0xFF]);

    /// <summary>Reads up to the frame header.</summary>
    public static ImageHeader Read(ReadOnlySpan<byte> encoded)
    {
        var reader = new ByteReader(encoded);
        var orientation = 1;
        for (var at = 2L; ;)
        {
            var marker = NextMarker(reader, ref at);
            if (marker is StartOfScan or EndOfImage)
                throw new InvalidDataException("it has no frame header before its data");
            if (IsStandalone(marker))
                continue;
            var length = reader.BigUInt16(at);
            if (IsFrame(marker))
                return ReadFrame(reader, marker, at, length, orientation);
            if (length < 2)
                throw new InvalidDataException("a segment of its header has an impossible length");
            if (marker == 0xE1 && reader.Slice(at, length)[2..].StartsWith("Exif\0\0"u8))
                orientation = ExifOrientation.Read(reader.Slice(at, length)[8..]);
            at += length;
        }
    }

    /// <summary>Requires that the file goes on to its end marker, which decoders do without.</summary>
    public static void RequireEnd(ReadOnlySpan<byte> encoded)
    {
        var reader = new ByteReader(encoded);
        var scans = 0;
        for (var at = 2L; ;)
        {
            if (scans > 0)
                at = EndOfScanData(encoded, at);
            var marker = NextMarker(reader, ref at);
            if (marker == EndOfImage)
            {
                if (scans == 0)
                    throw new InvalidDataException("it ends before its data");
                return;
            }
            if (IsStandalone(marker))
                continue;
            if (marker == StartOfScan && ++scans > MostScans)
                throw new InvalidDataException($"it has more than {MostScans} scans");
            at += Math.Max(reader.BigUInt16(at), (ushort)2);
        }
    }

    private static ImageHeader ReadFrame(ByteReader reader, byte marker, long at, int length, int orientation)
    {
        var components = reader[at + 7];
        if (length < 8 + 3 * components)
            throw new InvalidDataException("its frame header is too short");
        return new ImageHeader
        {
            Format = ImageFormat.Jpeg,
            Height = reader.BigUInt16(at + 3),
            Width = reader.BigUInt16(at + 5),
            Orientation = orientation,
            HasPlainRows = true,
            BufferedBytes = IsSequential(marker) && HasOneScan(reader, at + length, components) ? 0 : CoefficientBytes(reader, at, components),
            Color = components switch
            {
                1 => SourceColor.Gray,
                3 => SourceColor.Rgb,
                4 => SourceColor.Cmyk,
                _ => throw new InvalidDataException($"it has {components} color components"),
            },
        };
    }

    // Baseline, extended and lossless frames, with Huffman or arithmetic coding.
    private static bool IsSequential(byte marker) => (marker & 3) is 0 or 1 or 3;

    // Rows can be decoded one after another where the first scan has all components. What follows a frame header may be missing here.
    private static bool HasOneScan(ByteReader reader, long at, int components)
    {
        while (at + 5 <= reader.Length)
        {
            if (reader[at] != 0xFF || reader[at + 1] == 0xFF)
            {
                at++;
                continue;
            }
            var marker = reader[at + 1];
            if (marker == StartOfScan)
                return reader[at + 4] >= components;
            at += 2 + (marker == 0 || IsStandalone(marker) ? 0 : Math.Max(reader.BigUInt16(at + 2), (ushort)2));
        }
        return false;
    }

    // Two bytes per coefficient, in whole minimum coded units of every component.
    private static long CoefficientBytes(ByteReader reader, long at, int components)
    {
        long height = reader.BigUInt16(at + 3), width = reader.BigUInt16(at + 5);
        int across = 1, down = 1;
        for (var i = 0; i < components; i++)
        {
            across = Math.Max(across, reader[at + 9 + 3 * i] >> 4);
            down = Math.Max(down, reader[at + 9 + 3 * i] & 15);
        }
        var units = (width + 8 * across - 1) / (8 * across) * ((height + 8 * down - 1) / (8 * down));
        var bytes = 0L;
        for (var i = 0; i < components; i++)
            bytes += units * Math.Max(1, reader[at + 9 + 3 * i] >> 4) * Math.Max(1, reader[at + 9 + 3 * i] & 15) * 64 * sizeof(short);
        return bytes;
    }

    // Fill bytes may stand before a marker; other bytes are skipped as decoders do.
    private static byte NextMarker(ByteReader reader, ref long at)
    {
        while (true)
        {
            while (reader[at] != 0xFF)
                at++;
            while (reader[at] == 0xFF)
                at++;
            var marker = reader[at++];
            if (marker != 0)
                return marker;
        }
    }

    private static long EndOfScanData(ReadOnlySpan<byte> encoded, long at)
    {
        while (at < encoded.Length)
        {
            var next = encoded[(int)at..].IndexOf((byte)0xFF);
            if (next < 0 || at + next + 1 >= encoded.Length)
                break;
            at += next;
            // A stuffed zero or a restart marker belongs to the data.
            if (encoded[(int)at + 1] is not (0 or (>= 0xD0 and <= 0xD7)))
                return at;
            at += 2;
        }
        throw new InvalidDataException("it is cut off: its end marker is missing");
    }

    private static bool IsStandalone(byte marker) => marker is 0x01 or (>= 0xD0 and <= 0xD8);

    // Tables (C4, CC) and an extension (C8) stand among the frame markers.
    private static bool IsFrame(byte marker) => marker is >= 0xC0 and <= 0xCF and not (0xC4 or 0xC8 or 0xCC);
}
