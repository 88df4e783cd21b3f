using System.Runtime.CompilerServices;
using System.Text;

namespace Clip.Cli.Files;

/// <summary>Reads lines of UTF-8 from a stream of any length, one in memory at a time.</summary>
/// <param name="stream">The stream; not disposed.</param>
/// <param name="name">What errors call it.</param>
internal sealed class LineReader(Stream stream, string name)
{
    // No caption is longer, and a file without line breaks would fill memory.
    private const int MostBytes = 1 << 24;

    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    private byte[] _buffer = new byte[1 << 16];
    private int _start;
    private int _end;
    private bool _isEnded;

    /// <summary>The number of the line that was read last, from 1.</summary>
    public long Number { get; private set; }

    /// <summary>Whether the next line is here already, so that reading it does not wait.</summary>
    public bool HasLine => _isEnded || _buffer.AsSpan(_start, _end - _start).Contains((byte)'\n');

    /// <summary>What errors call the last line: "'captions.txt', line 3".</summary>
    public string Place => $"{name}, line {Number}";

    /// <summary>Opens a file, or standard input for "-" and null.</summary>
    /// <param name="path">The path.</param>
    /// <param name="input">Standard input.</param>
    /// <returns>The stream, and what errors call it.</returns>
    public static (Stream Stream, string Name) Open(string? path, Stream input) => path is null or "-"
        ? (input, "standard input")
        : (new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete), $"'{path}'");

    /// <summary>All lines of a file or standard input as text.</summary>
    public static async IAsyncEnumerable<string> ReadTextsAsync(string? path, Stream input, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        var (stream, name) = Open(path, input);
        await using var opened = ReferenceEquals(stream, input) ? null : stream;
        var lines = new LineReader(stream, name);
        while (await lines.ReadAsync(cancellationToken) is { } line)
            yield return lines.Decode(line.Span);
    }

    /// <summary>Reads the next line.</summary>
    /// <param name="cancellationToken">Ends the wait for input.</param>
    /// <returns>The line without its end, valid until the next call; null at the end of the stream.</returns>
    public async ValueTask<ReadOnlyMemory<byte>?> ReadAsync(CancellationToken cancellationToken)
    {
        var searched = 0;
        while (true)
        {
            var length = _buffer.AsSpan(_start + searched, _end - _start - searched).IndexOf((byte)'\n');
            if (length >= 0)
                return Take(searched + length, skipped: 1);
            searched = _end - _start;
            if (_isEnded)
                return searched == 0 ? (ReadOnlyMemory<byte>?)null : Take(searched, skipped: 0);
            MakeRoom();
            // A read of standard input cannot be cancelled; it is abandoned with the process.
            var read = stream.ReadAsync(_buffer.AsMemory(_end), cancellationToken);
            var count = read.IsCompletedSuccessfully ? read.Result : await read.AsTask().WaitAsync(cancellationToken);
            _isEnded = count == 0;
            _end += count;
        }
    }

    /// <summary>A line as text.</summary>
    /// <exception cref="FailureException">It is not UTF-8.</exception>
    public string Decode(ReadOnlySpan<byte> line)
    {
        try
        {
            return Strict.GetString(line);
        }
        catch (DecoderFallbackException e)
        {
            throw new FailureException($"{Place}: this is not UTF-8. Save the file as UTF-8.", e);
        }
    }

    private ReadOnlyMemory<byte> Take(int length, int skipped)
    {
        var line = _buffer.AsMemory(_start, length);
        _start += length + skipped;
        Number++;
        if (line.Span.EndsWith("\r"u8))
            line = line[..^1];
        return Number == 1 && line.Span.StartsWith("\uFEFF"u8) ? line[3..] : line;
    }

    private void MakeRoom()
    {
        if (_start > 0)
        {
            _buffer.AsSpan(_start, _end - _start).CopyTo(_buffer);
            (_start, _end) = (0, _end - _start);
        }
        if (_end < _buffer.Length)
            return;
        if (_buffer.Length >= MostBytes)
            throw new FailureException($"{name}, line {Number + 1}: the line is longer than {MostBytes >> 20} MiB.");
        Array.Resize(ref _buffer, _buffer.Length * 2);
    }
}
