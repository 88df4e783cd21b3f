using System.Buffers.Binary;
using System.Text;
using Clip.Checkpoints.Reading;

namespace Clip.Checkpoints.Zip;

/// <summary>The central directory of a zip archive, for reading stored entries in place.</summary>
/// <remarks>
/// The base library's ZipArchive neither tells where an entry's bytes lie nor reads from several threads. Entries are
/// looked up by name and read; they are never extracted. Duplicate names, overlapping, encrypted and compressed entries are refused.
/// </remarks>
internal sealed class ZipDirectory
{
    // PyTorch writes a hundred bytes or so per entry.
    private const long LongestDirectory = 64L << 20;
    private const int HeaderBytes = 46;
    private const int LocalHeaderBytes = 30;
    private const uint HeaderSignature = 0x02014B50;
    private const uint LocalHeaderSignature = 0x04034B50;
    private const ushort EncryptedFlags = 0x0041;
    private const ushort Stored = 0;
    private const ushort Zip64Field = 1;

    private readonly CheckpointFile _file;
    private readonly Dictionary<string, ZipEntry> _entries = new(StringComparer.Ordinal);

    private ZipDirectory(CheckpointFile file) => _file = file;

    /// <summary>All entry names.</summary>
    public IEnumerable<string> Names => _entries.Keys;

    /// <summary>Reads the directory of an archive.</summary>
    public static ZipDirectory Read(CheckpointFile file)
    {
        var end = ZipEnd.Read(file);
        if (end.DirectorySize > LongestDirectory)
            throw file.Error($"is a zip archive with a directory of {end.DirectorySize:N0} bytes, more than the {LongestDirectory:N0} that are allowed.");
        var bytes = new byte[end.DirectorySize];
        file.Read(bytes, end.DirectoryPosition);

        var directory = new ZipDirectory(file);
        var rest = bytes.AsSpan();
        var count = 0L;
        for (; !rest.IsEmpty; count++)
            rest = rest[directory.AddEntry(rest)..];
        if (count != end.EntryCount)
            throw file.Error($"is a zip archive that claims {end.EntryCount:N0} entries but lists {count:N0}.");
        directory.FindEnds(end.DirectoryPosition);
        return directory;
    }

    /// <summary>The entry of a name, or null.</summary>
    public ZipEntry? Find(string name) => _entries.GetValueOrDefault(name);

    /// <summary>Finds where a stored entry's bytes lie.</summary>
    public DataBlock Open(ZipEntry entry)
    {
        if ((entry.Flags & EncryptedFlags) != 0)
            throw _file.Error($"has an encrypted entry {Text.Quote(entry.Name)}, which PyTorch never writes.");
        if (entry.Method != Stored || entry.StoredSize != entry.Size)
            throw _file.Error($"has a compressed entry {Text.Quote(entry.Name)}. PyTorch stores entries as they are; unpack the archive and zip it again without compression.");

        var position = DataPosition(entry);
        if (entry.Size > entry.End - position)
            throw _file.Error($"has an entry {Text.Quote(entry.Name)} of {entry.Size:N0} bytes at {position:N0} that reaches into the next one.");

        // PyTorch records 0 when it is told not to compute checksums.
        uint? checksum = entry.Checksum == 0 ? null : entry.Checksum;
        return new DataBlock(_file, entry.Name, position, entry.Size, checksum);
    }

    private long DataPosition(ZipEntry entry)
    {
        Span<byte> header = stackalloc byte[LocalHeaderBytes];
        if (entry.End - entry.HeaderPosition < LocalHeaderBytes)
            throw Damaged(entry);
        _file.Read(header, entry.HeaderPosition);
        var nameLength = BinaryPrimitives.ReadUInt16LittleEndian(header[26..]);
        var extraLength = BinaryPrimitives.ReadUInt16LittleEndian(header[28..]);
        var position = entry.HeaderPosition + LocalHeaderBytes + nameLength + extraLength;
        if (BinaryPrimitives.ReadUInt32LittleEndian(header) != LocalHeaderSignature
            || BinaryPrimitives.ReadUInt16LittleEndian(header[8..]) != entry.Method
            || position > entry.End)
        {
            throw Damaged(entry);
        }

        var name = new byte[nameLength];
        _file.Read(name, entry.HeaderPosition + LocalHeaderBytes);
        return DecodeName(name) == entry.Name ? position : throw Damaged(entry);
    }

    private CheckpointException Damaged(ZipEntry entry) =>
        _file.Error($"has no entry {Text.Quote(entry.Name)} at byte {entry.HeaderPosition:N0}, where its directory says.", "It is damaged; download or copy it again.");

    private int AddEntry(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length < HeaderBytes || BinaryPrimitives.ReadUInt32LittleEndian(bytes) != HeaderSignature)
            throw _file.Error("is a zip archive with a damaged directory.");
        var nameLength = BinaryPrimitives.ReadUInt16LittleEndian(bytes[28..]);
        var extraLength = BinaryPrimitives.ReadUInt16LittleEndian(bytes[30..]);
        var commentLength = BinaryPrimitives.ReadUInt16LittleEndian(bytes[32..]);
        var total = HeaderBytes + nameLength + extraLength + commentLength;
        if (total > bytes.Length)
            throw _file.Error("is a zip archive with a damaged directory.");

        var name = DecodeName(bytes.Slice(HeaderBytes, nameLength));
        var (size, storedSize, position) = Sizes(bytes, bytes.Slice(HeaderBytes + nameLength, extraLength));
        var entry = new ZipEntry(
            name,
            Flags: BinaryPrimitives.ReadUInt16LittleEndian(bytes[8..]),
            Method: BinaryPrimitives.ReadUInt16LittleEndian(bytes[10..]),
            Checksum: BinaryPrimitives.ReadUInt32LittleEndian(bytes[16..]),
            storedSize, size, position);
        if (size < 0 || storedSize < 0 || position < 0)
            throw _file.Error($"is a zip archive with impossible sizes for {Text.Quote(name)}.");
        if (!_entries.TryAdd(name, entry))
            throw _file.Error($"is a zip archive with two entries named {Text.Quote(name)}; which one is meant is not clear.");
        return total;
    }

    // APPNOTE.TXT 4.5.3: a field of all ones is found in the extra field instead, in this order.
    private (long Size, long StoredSize, long Position) Sizes(ReadOnlySpan<byte> header, ReadOnlySpan<byte> extra)
    {
        var wide = ReadOnlySpan<byte>.Empty;
        while (extra.Length >= 4 && wide.IsEmpty)
        {
            var length = BinaryPrimitives.ReadUInt16LittleEndian(extra[2..]);
            if (length > extra.Length - 4)
                break;
            if (BinaryPrimitives.ReadUInt16LittleEndian(extra) == Zip64Field)
                wide = extra.Slice(4, length);
            extra = extra[(4 + length)..];
        }

        var size = Widen(BinaryPrimitives.ReadUInt32LittleEndian(header[24..]), ref wide);
        var storedSize = Widen(BinaryPrimitives.ReadUInt32LittleEndian(header[20..]), ref wide);
        var position = Widen(BinaryPrimitives.ReadUInt32LittleEndian(header[42..]), ref wide);
        return (size, storedSize, position);
    }

    private long Widen(uint value, ref ReadOnlySpan<byte> wide)
    {
        if (value != uint.MaxValue)
            return value;
        if (wide.Length < sizeof(long))
            throw _file.Error("is a zip archive with a damaged directory: a 64-bit size is missing.");
        var result = BinaryPrimitives.ReadInt64LittleEndian(wide);
        wide = wide[sizeof(long)..];
        return result;
    }

    private void FindEnds(long directoryPosition)
    {
        var end = directoryPosition;
        foreach (var entry in _entries.Values.OrderByDescending(entry => entry.HeaderPosition))
        {
            if (entry.HeaderPosition >= end)
                throw _file.Error($"is a zip archive whose entry {Text.Quote(entry.Name)} overlaps another or lies outside it.");
            entry.End = end;
            end = entry.HeaderPosition;
        }
    }

    // Names are compared and shown, no more, so Latin-1 will do where they are not UTF-8.
    private static string DecodeName(ReadOnlySpan<byte> bytes) =>
        System.Text.Unicode.Utf8.IsValid(bytes) ? Encoding.UTF8.GetString(bytes) : Encoding.Latin1.GetString(bytes);
}
