using System.Buffers;
using System.Buffers.Binary;

namespace Clip.VectorStores.USearch.Storage;

/// <summary>The entries of a frame while they are gathered: for each a byte for its kind, its length (32 bits), its bytes.</summary>
internal sealed class EntryBuffer
{
    private const int HeadBytes = 5;

    private readonly ArrayBufferWriter<byte> _bytes = new();
    private readonly ArrayBufferWriter<byte> _entry = new();

    /// <summary>The entries.</summary>
    public ReadOnlySpan<byte> Bytes => _bytes.WrittenSpan;

    /// <summary>Adds an entry.</summary>
    /// <param name="kind">Its kind.</param>
    /// <param name="write">Writes its bytes.</param>
    public void Add(EntryKind kind, Action<ArrayBufferWriter<byte>> write)
    {
        _entry.ResetWrittenCount();
        write(_entry);
        Add(kind, _entry.WrittenSpan);
    }

    /// <summary>Adds an entry.</summary>
    /// <param name="kind">Its kind.</param>
    /// <param name="entry">Its bytes.</param>
    /// <exception cref="ArgumentException">It is too long.</exception>
    public void Add(EntryKind kind, ReadOnlySpan<byte> entry)
    {
        if (entry.Length > Frame.MostBytes / 2)
            throw new ArgumentException($"A record takes {entry.Length} bytes; {Frame.MostBytes / 2} is the most.");
        _bytes.WriteByte((byte)kind);
        _bytes.WriteInt32(entry.Length);
        _bytes.Write(entry);
    }

    /// <summary>Forgets the entries.</summary>
    public void Clear() => _bytes.ResetWrittenCount();

    /// <summary>Reads entries.</summary>
    /// <param name="entries">A frame's entries.</param>
    /// <param name="read">Called with each entry's kind, where its bytes begin, and its bytes.</param>
    /// <exception cref="InvalidDataException">They are none.</exception>
    public static void Read(ReadOnlySpan<byte> entries, Action<EntryKind, int, ReadOnlySpan<byte>> read)
    {
        for (var offset = 0; offset < entries.Length;)
        {
            if (entries.Length - offset < HeadBytes)
                throw new InvalidDataException("It has an entry that is cut off.");
            var kind = (EntryKind)entries[offset];
            var length = BinaryPrimitives.ReadInt32LittleEndian(entries[(offset + 1)..]);
            offset += HeadBytes;
            if (length < 0 || length > entries.Length - offset)
                throw new InvalidDataException($"It has an entry of {length} bytes where {entries.Length - offset} are left.");
            read(kind, offset, entries.Slice(offset, length));
            offset += length;
        }
    }
}
