using System.Buffers.Binary;
using System.Text;
using Clip.Checkpoints.Reading;

namespace Clip.Checkpoints.Pickle;

/// <summary>The bytes of pickles in a file, read forward through a small window.</summary>
internal sealed class PickleInput
{
    private static readonly UTF8Encoding StrictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    private readonly byte[] _window = new byte[16 << 10];
    private readonly long _end;
    private int _next;
    private int _filled;
    private long _windowEnd;

    /// <summary>Reads part of a file.</summary>
    public PickleInput(CheckpointFile file, long start, long end)
    {
        File = file;
        _windowEnd = start;
        _end = end;
    }

    /// <summary>The file.</summary>
    public CheckpointFile File { get; }

    /// <summary>Position in the file of the byte that comes next.</summary>
    public long Position => _windowEnd - _filled + _next;

    /// <summary>Bytes that are left.</summary>
    public long Remaining => _end - Position;

    /// <summary>Reads one byte.</summary>
    public byte ReadByte()
    {
        if (_next == _filled)
            Refill();
        return _window[_next++];
    }

    public ushort ReadUInt16()
    {
        Span<byte> bytes = stackalloc byte[sizeof(ushort)];
        Read(bytes);
        return BinaryPrimitives.ReadUInt16LittleEndian(bytes);
    }

    public int ReadInt32()
    {
        Span<byte> bytes = stackalloc byte[sizeof(int)];
        Read(bytes);
        return BinaryPrimitives.ReadInt32LittleEndian(bytes);
    }

    public uint ReadUInt32() => (uint)ReadInt32();

    public ulong ReadUInt64()
    {
        Span<byte> bytes = stackalloc byte[sizeof(ulong)];
        Read(bytes);
        return BinaryPrimitives.ReadUInt64LittleEndian(bytes);
    }

    public double ReadDouble()
    {
        Span<byte> bytes = stackalloc byte[sizeof(double)];
        Read(bytes);
        return BinaryPrimitives.ReadDoubleBigEndian(bytes);
    }

    /// <summary>Reads a number of bytes that the pickle claims, which are there and not too many.</summary>
    public byte[] ReadBytes(ulong count, int most)
    {
        if (count > (ulong)Remaining)
            throw Error($"claims {count:N0} bytes, but {Remaining:N0} are left");
        if (count > (ulong)most)
            throw Error($"claims {count:N0} bytes for one value, more than the {most:N0} that are allowed");
        var bytes = new byte[count];
        Read(bytes);
        return bytes;
    }

    /// <summary>Reads UTF-8 text of a claimed length.</summary>
    public string ReadText(ulong count)
    {
        var start = Position;
        try
        {
            return StrictUtf8.GetString(ReadBytes(count, PickleLimits.StringBytes));
        }
        catch (DecoderFallbackException e)
        {
            throw ErrorAt(start, "holds text that is not UTF-8", e);
        }
    }

    /// <summary>Reads a name up to the end of its line.</summary>
    public string ReadLine()
    {
        var line = new StringBuilder();
        for (var b = ReadByte(); b != '\n'; b = ReadByte())
        {
            if (b is < 0x20 or > 0x7E)
                throw Error("holds a module or class name that is not printable ASCII");
            if (line.Length == PickleLimits.NameCharacters)
                throw Error($"holds a module or class name of more than {PickleLimits.NameCharacters} characters");
            line.Append((char)b);
        }
        return line.ToString();
    }

    /// <summary>The error for what is wrong at the current position.</summary>
    public CheckpointException Error(string problem) => ErrorAt(Position, problem);

    /// <summary>The error for what is wrong at a position.</summary>
    public CheckpointException ErrorAt(long position, string problem, Exception? inner = null) =>
        File.Error($"holds a pickle that, at byte {position:N0}, {problem.TrimEnd('.')}.", inner);

    private void Read(Span<byte> destination)
    {
        if (destination.Length > Remaining)
            throw Error("ends too early; the file is cut off or damaged");
        while (!destination.IsEmpty)
        {
            if (_next == _filled)
                Refill();
            var count = Math.Min(destination.Length, _filled - _next);
            _window.AsSpan(_next, count).CopyTo(destination);
            _next += count;
            destination = destination[count..];
        }
    }

    private void Refill()
    {
        if (_windowEnd == _end)
            throw Error("ends too early; the file is cut off or damaged");
        _filled = (int)Math.Min(_window.Length, _end - _windowEnd);
        _next = 0;
        File.Read(_window.AsSpan(0, _filled), _windowEnd);
        _windowEnd += _filled;
    }
}
