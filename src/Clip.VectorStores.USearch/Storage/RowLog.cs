using System.Buffers;
using Clip.Shared;
using Clip.Shared.Search;
using Microsoft.Win32.SafeHandles;

namespace Clip.VectorStores.USearch.Storage;

/// <summary>The file that holds all that was committed, in order; it only grows, and is read where it is mapped.</summary>
/// <remarks>What a crash leaves of a frame is at the end and is no frame: readers pass over it, and the next writer cuts it off.</remarks>
internal sealed class RowLog : IDisposable
{
    // What was written by this process is read from its memory until there is enough of it to be mapped.
    private const int MappedFrom = 8 << 20;

    private static readonly byte[] s_start = [.. "CLIPROWS"u8, 1, 0, 0, 0, 0, 0, 0, 0];

    private readonly string _path;
    private readonly List<Segment> _segments = [];
    private SafeFileHandle _file;
    private long _lengthSeen;

    /// <summary>Opens a log for reading.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="InvalidDataException">It is no log of this version.</exception>
    public RowLog(string path)
    {
        RegularFile.Require(path);
        _path = path;
        _file = Open(FileAccess.Read);
        var start = new byte[s_start.Length];
        if (RandomAccess.Read(_file, start, 0) == s_start.Length && start.AsSpan().SequenceEqual(s_start))
        {
            End = s_start.Length;
            return;
        }
        _file.Dispose();
        throw new InvalidDataException("It does not begin as the records of a vector store of this version.");
    }

    /// <summary>Where the next frame begins, in bytes.</summary>
    public long End { get; private set; }

    /// <summary>Whether the file is as long as when it was last read.</summary>
    public bool IsCurrent => RandomAccess.GetLength(_file) == _lengthSeen;

    /// <summary>Writes a log without frames.</summary>
    /// <param name="path">The file.</param>
    public static void Create(string path) => AtomicFile.Write(path, stream => stream.Write(s_start));

    /// <summary>Reads the frames that were committed since.</summary>
    /// <param name="read">Called with where a frame's entries begin, and the entries.</param>
    /// <exception cref="InvalidDataException">Something before the end is no frame.</exception>
    public void ReadNew(Action<long, ReadOnlySpan<byte>> read)
    {
        var length = RandomAccess.GetLength(_file);
        var end = FindEnd(length);
        if (end > End)
            ReadFrames(end, isLastUncertain: end == length, read);
        _lengthSeen = length;
    }

    /// <summary>Opens the file for writing too, and cuts off what a crash left.</summary>
    public void BeginWriting()
    {
        _file.Dispose();
        _file = Open(FileAccess.ReadWrite);
        if (RandomAccess.GetLength(_file) > End)
            RandomAccess.SetLength(_file, End);
    }

    /// <summary>Puts a frame on the disk. It can be read after <see cref="Add"/>.</summary>
    /// <param name="entries">The entries.</param>
    /// <returns>The bytes of the frame.</returns>
    public byte[] Append(ReadOnlySpan<byte> entries)
    {
        var frame = new byte[Frame.HeaderBytes + entries.Length];
        entries.CopyTo(frame.AsSpan(Frame.HeaderBytes));
        Frame.WriteHeader(frame, entries);
        try
        {
            RandomAccess.Write(_file, frame, End);
            RandomAccess.FlushToDisk(_file);
        }
        catch
        {
            // A full disk: what there is of the frame must not be in the way of the next.
            RandomAccess.SetLength(_file, End);
            throw;
        }
        return frame;
    }

    /// <summary>Makes a frame that was appended readable.</summary>
    /// <param name="frame">The frame.</param>
    /// <returns>Where its entries begin.</returns>
    public long Add(byte[] frame)
    {
        var begin = End;
        _segments.Add(new Segment(begin, frame, null));
        End += frame.Length;
        _lengthSeen = End;
        var first = _segments.FindLastIndex(segment => segment.Mapped is not null) + 1;
        if (End - _segments[first].Begin >= MappedFrom)
        {
            var start = _segments[first].Begin;
            var mapped = new MappedBytes(_file, start, End - start);
            _segments.RemoveRange(first, _segments.Count - first);
            _segments.Add(new Segment(start, null, mapped));
        }
        return begin + Frame.HeaderBytes;
    }

    /// <summary>Bytes of the log.</summary>
    /// <param name="offset">Where they begin; within one frame.</param>
    /// <param name="length">How many.</param>
    public ReadOnlySpan<byte> Slice(long offset, int length)
    {
        var (low, high) = (0, _segments.Count - 1);
        while (low < high)
        {
            var middle = (low + high + 1) / 2;
            if (_segments[middle].Begin <= offset)
                low = middle;
            else
                high = middle - 1;
        }
        var segment = _segments[low];
        return segment.Mapped is { } mapped ? mapped.Slice(offset - segment.Begin, length) : segment.Bytes.AsSpan((int)(offset - segment.Begin), length);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var segment in _segments)
            segment.Mapped?.Dispose();
        _segments.Clear();
        _file.Dispose();
    }

    // Where the whole frames end, as their headers tell.
    private long FindEnd(long length)
    {
        var header = new byte[Frame.HeaderBytes];
        var end = End;
        while (length - end >= header.Length)
        {
            RandomAccess.Read(_file, header, end);
            if (Frame.ReadLength(header) is not { } entries)
                return IsTorn(end, length) ? end : throw Damaged(end);
            if (entries > length - end - header.Length)
                return end;
            end += header.Length + entries;
        }
        return end;
    }

    private void ReadFrames(long end, bool isLastUncertain, Action<long, ReadOnlySpan<byte>> read)
    {
        var mapped = new MappedBytes(_file, End, end - End);
        var segment = new Segment(End, null, mapped);
        _segments.Add(segment);
        try
        {
            while (End < end)
            {
                var header = mapped.Slice(End - segment.Begin, Frame.HeaderBytes);
                var length = Frame.ReadLength(header) ?? throw Damaged(End);
                var entries = mapped.Slice(End - segment.Begin + Frame.HeaderBytes, length);
                var next = End + Frame.HeaderBytes + length;
                if (!Frame.Fits(header, entries))
                {
                    // The length of a file may reach the disk before its bytes.
                    if (next == end && isLastUncertain)
                        break;
                    throw Damaged(End);
                }
                read(End + Frame.HeaderBytes, entries);
                End = next;
            }
        }
        finally
        {
            if (End < end)
            {
                // A file cannot be cut everywhere while what is cut off is mapped.
                _segments.Remove(segment);
                mapped.Dispose();
                if (End > segment.Begin)
                    _segments.Add(new Segment(segment.Begin, null, new MappedBytes(_file, segment.Begin, End - segment.Begin)));
            }
        }
    }

    // A frame whose beginning did not reach the disk has zeros there, up to the end of the file or of the frame.
    private bool IsTorn(long begin, long length)
    {
        if (length - begin < Frame.HeaderBytes)
            return true;
        if (length - begin > Frame.HeaderBytes + Frame.MostBytes)
            return false;
        var bytes = ArrayPool<byte>.Shared.Rent(1 << 16);
        try
        {
            for (var offset = begin; offset < length;)
            {
                var count = RandomAccess.Read(_file, bytes, offset);
                if (count == 0 || bytes.AsSpan(0, count).IndexOfAnyExcept((byte)0) >= 0)
                    return count == 0;
                offset += count;
            }
            return true;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(bytes);
        }
    }

    private SafeFileHandle Open(FileAccess access) => File.OpenHandle(_path, FileMode.Open, access, FileShare.ReadWrite | FileShare.Delete);

    private static InvalidDataException Damaged(long offset) => new($"It is damaged at byte {offset}.");

    private readonly record struct Segment(long Begin, byte[]? Bytes, MappedBytes? Mapped);
}
