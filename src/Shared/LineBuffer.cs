using System.Text.Unicode;

namespace Clip.Shared;

/// <summary>Lines of a file in UTF-8, one in memory at a time.</summary>
/// <param name="stream">The file, which is borrowed.</param>
/// <param name="error">Makes the exception from a line's number and what is wrong with it: "has more than 1 MB".</param>
internal sealed class LineBuffer(Stream stream, Func<long, string, Exception> error)
{
    /// <summary>The most bytes of a line: more than any path with its caption.</summary>
    public const int LongestLine = 1 << 20;

    private byte[] _buffer = new byte[1 << 16];
    private int _start;
    private int _end;
    private bool _isEnded;

    /// <summary>The number of the last line, from 1.</summary>
    public long Number { get; private set; }

    /// <summary>Bytes that were moved to make room for more: less than a buffer each time that it was read to its end.</summary>
    public long MovedBytes { get; private set; }

    /// <summary>The next line without its line feed, valid until the next call; null at the end.</summary>
    /// <exception cref="Exception">It is too long, or not UTF-8: what the constructor was given.</exception>
    public ReadOnlyMemory<byte>? Read()
    {
        var searched = 0;
        while (true)
        {
            var length = _buffer.AsSpan(_start + searched, _end - _start - searched).IndexOf((byte)'\n');
            if (length >= 0)
                return Take(searched + length, lineFeed: 1);
            searched = _end - _start;
            if (_isEnded)
                return searched == 0 ? (ReadOnlyMemory<byte>?)null : Take(searched, lineFeed: 0);
            MakeRoom();
            var count = stream.Read(_buffer, _end, _buffer.Length - _end);
            _isEnded = count == 0;
            _end += count;
        }
    }

    private ReadOnlyMemory<byte> Take(int length, int lineFeed)
    {
        var line = _buffer.AsMemory(_start, length);
        _start += length + lineFeed;
        Number++;
        if (!Utf8.IsValid(line.Span))
            throw error(Number, "is not UTF-8; save the file as UTF-8");
        return Number == 1 && line.Span.StartsWith("\uFEFF"u8) ? line[3..] : line;
    }

    private void MakeRoom()
    {
        if (_start > 0)
        {
            MovedBytes += _end - _start;
            _buffer.AsSpan(_start, _end - _start).CopyTo(_buffer);
            (_start, _end) = (0, _end - _start);
        }
        if (_end < _buffer.Length)
            return;
        if (_buffer.Length >= LongestLine)
            throw error(Number + 1, $"has more than {LongestLine >> 20} MB");
        Array.Resize(ref _buffer, Math.Min(LongestLine, 2 * _buffer.Length));
    }
}
