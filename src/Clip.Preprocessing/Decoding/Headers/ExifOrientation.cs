using System.Buffers.Binary;

namespace Clip.Preprocessing.Decoding;

/// <summary>Finds the orientation in EXIF data. Damage there is no reason to refuse an image: it counts as upright.</summary>
internal static class ExifOrientation
{
    private const ushort OrientationTag = 0x0112;

    /// <summary>Reads a TIFF structure's first directory.</summary>
    public static int Read(ReadOnlySpan<byte> tiff)
    {
        if (tiff.Length < 8)
            return 1;
        var isLittle = tiff.StartsWith("II"u8);
        if (!isLittle && !tiff.StartsWith("MM"u8))
            return 1;
        var directory = Number32(tiff[4..], isLittle);
        if (directory + 2L > tiff.Length)
            return 1;
        var entries = tiff[(int)directory..];
        int count = Number16(entries, isLittle);
        for (var i = 0; i < count && 2 + 12 * i + 12 <= entries.Length; i++)
        {
            var entry = entries.Slice(2 + 12 * i, 12);
            if (Number16(entry, isLittle) == OrientationTag)
                return Number16(entry[8..], isLittle) is >= 1 and <= 8 and var orientation ? orientation : 1;
        }
        return 1;
    }

    private static ushort Number16(ReadOnlySpan<byte> bytes, bool isLittle) =>
        isLittle ? BinaryPrimitives.ReadUInt16LittleEndian(bytes) : BinaryPrimitives.ReadUInt16BigEndian(bytes);

    private static uint Number32(ReadOnlySpan<byte> bytes, bool isLittle) =>
        isLittle ? BinaryPrimitives.ReadUInt32LittleEndian(bytes) : BinaryPrimitives.ReadUInt32BigEndian(bytes);
}
