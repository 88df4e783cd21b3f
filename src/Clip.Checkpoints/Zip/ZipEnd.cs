using System.Buffers.Binary;
using Clip.Checkpoints.Reading;

namespace Clip.Checkpoints.Zip;

/// <summary>What the end of an archive says about its central directory.</summary>
/// <remarks>Source: PKWARE's APPNOTE.TXT, sections 4.3.14 to 4.3.16.</remarks>
internal readonly record struct ZipEnd(long EntryCount, long DirectoryPosition, long DirectorySize)
{
    private const int RecordBytes = 22;
    private const int LocatorBytes = 20;
    private const int Record64Bytes = 56;
    private const int LongestComment = ushort.MaxValue;
    private const uint RecordSignature = 0x06054B50;
    private const uint LocatorSignature = 0x07064B50;
    private const uint Record64Signature = 0x06064B50;

    /// <summary>Finds and checks the end record; the central directory it names lies in the file, right before it.</summary>
    public static ZipEnd Read(CheckpointFile file)
    {
        var tail = new byte[Math.Min(file.Length, RecordBytes + LongestComment)];
        file.Read(tail, file.Length - tail.Length);
        var start = FindRecord(tail)
            ?? throw file.Error("is a zip archive without its end.", "It is cut off or damaged; download or copy it again.");

        var record = tail.AsSpan(start);
        if (ReadUInt16(record, 4) != 0 || ReadUInt16(record, 6) != 0)
            throw file.Error("is one part of a zip archive in several parts, which PyTorch never writes.");
        var end = new ZipEnd(ReadUInt16(record, 10), ReadUInt32(record, 16), ReadUInt32(record, 12));
        var endPosition = file.Length - tail.Length + start;
        if (Read64(file, endPosition) is var (end64, endPosition64))
        {
            if (!end.AgreesWith(end64))
                throw file.Error("is a zip archive whose two end records disagree.");
            (end, endPosition) = (end64, endPosition64);
        }

        if (end.DirectoryPosition < 0 || end.DirectorySize < 0 || end.DirectoryPosition > endPosition
            || end.DirectorySize != endPosition - end.DirectoryPosition)
        {
            throw file.Error("is a zip archive whose directory is not where its end says.", "It is cut off or damaged; download or copy it again.");
        }
        return end;
    }

    private static int? FindRecord(ReadOnlySpan<byte> tail)
    {
        for (var i = tail.Length - RecordBytes; i >= 0; i--)
        {
            if (ReadUInt32(tail, i) == RecordSignature && i + RecordBytes + ReadUInt16(tail, i + 20) == tail.Length)
                return i;
        }
        return null;
    }

    private static (ZipEnd End, long Position)? Read64(CheckpointFile file, long endPosition)
    {
        if (endPosition < LocatorBytes + Record64Bytes)
            return null;
        Span<byte> locator = stackalloc byte[LocatorBytes];
        file.Read(locator, endPosition - LocatorBytes);
        if (ReadUInt32(locator, 0) != LocatorSignature)
            return null;

        var position = (long)ReadUInt64(locator, 8);
        if (position < 0 || position > endPosition - LocatorBytes - Record64Bytes)
            throw file.Error("is a zip archive whose second end record lies outside it.");
        Span<byte> record = stackalloc byte[Record64Bytes];
        file.Read(record, position);
        return ReadUInt32(record, 0) == Record64Signature
            ? (new ZipEnd((long)ReadUInt64(record, 32), (long)ReadUInt64(record, 48), (long)ReadUInt64(record, 40)), position)
            : throw file.Error("is a zip archive whose second end record is damaged.");
    }

    // A field of the first record is either the value or all ones, which sends the reader to the second.
    private bool AgreesWith(ZipEnd end64) =>
        (EntryCount == ushort.MaxValue || EntryCount == end64.EntryCount)
        && (DirectoryPosition == uint.MaxValue || DirectoryPosition == end64.DirectoryPosition)
        && (DirectorySize == uint.MaxValue || DirectorySize == end64.DirectorySize);

    private static ushort ReadUInt16(ReadOnlySpan<byte> bytes, int offset) => BinaryPrimitives.ReadUInt16LittleEndian(bytes[offset..]);

    private static uint ReadUInt32(ReadOnlySpan<byte> bytes, int offset) => BinaryPrimitives.ReadUInt32LittleEndian(bytes[offset..]);

    private static ulong ReadUInt64(ReadOnlySpan<byte> bytes, int offset) => BinaryPrimitives.ReadUInt64LittleEndian(bytes[offset..]);
}
