using System.Text;
using Clip.Shared;

namespace Clip.Training.Data.Lists;

/// <summary>Rows of a text file with separated columns, one in memory at a time, in time proportional to the file.</summary>
/// <param name="lines">The lines of the file.</param>
/// <param name="format">How it is written.</param>
internal sealed class TableReader(LineBuffer lines, TableFormat format)
{
    private readonly byte[] _separator = format.Separator;
    private readonly List<int> _ends = [];
    private byte[] _text = new byte[1 << 10];
    private int _length;
    private bool _isOpen;

    /// <summary>The number of the row: 0 for the column names, 1 for the row below them.</summary>
    public long Row { get; private set; } = -1;

    /// <summary>The line that the row begins in, from 1.</summary>
    public long Line { get; private set; }

    /// <summary>How many fields the row has.</summary>
    public int FieldCount => _ends.Count;

    /// <summary>Whether a field in quotes goes over several lines.</summary>
    public bool SpansLines { get; private set; }

    /// <summary>Why the quotes of the row have no meaning, such as "has text behind a closing quotation mark"; null where they have.</summary>
    public string? QuotingProblem { get; private set; }

    /// <summary>Reads the next row that is not blank.</summary>
    /// <returns>Whether there was one.</returns>
    public bool Read()
    {
        while (lines.Read() is { } line)
        {
            (Line, SpansLines, QuotingProblem, _length, _isOpen) = (lines.Number, false, null, 0, false);
            _ends.Clear();
            Add(line.Span);
            while (_isOpen && QuotingProblem is null)
                Continue();
            if (QuotingProblem is null && _length == 0)
                continue;
            if (FieldCount == 1 && QuotingProblem is null && !Bytes(0).ContainsAnyExcept((byte)' ', (byte)'\t'))
                continue;
            Row++;
            return true;
        }
        return false;
    }

    /// <summary>A field of the row.</summary>
    public string Field(int index) => Encoding.UTF8.GetString(Bytes(index));

    /// <summary>All fields of the row.</summary>
    public List<string> Fields() => [.. Enumerable.Range(0, FieldCount).Select(Field)];

    private ReadOnlySpan<byte> Bytes(int index)
    {
        var start = index == 0 ? 0 : _ends[index - 1];
        return _text.AsSpan(start, _ends[index] - start);
    }

    private void Continue()
    {
        if (_length > LineBuffer.LongestLine)
            QuotingProblem = $"has a quotation mark that is not closed within {LineBuffer.LongestLine >> 20} MB";
        else if (lines.Read() is { } line)
        {
            SpansLines = true;
            Append("\n"u8);
            Add(line.Span);
        }
        else
            QuotingProblem = "has a quotation mark that is not closed";
    }

    // The rest of a line always begins where a field does, or goes on within quotes.
    private void Add(ReadOnlySpan<byte> rest)
    {
        while (true)
        {
            if (_isOpen || format.IsQuoted && rest.StartsWith("\""u8))
            {
                if (!_isOpen)
                    rest = rest[1..];
                if (!TryTakeQuoted(ref rest))
                    return;
            }
            else
            {
                TakePlain(ref rest);
            }
            _ends.Add(_length);
            if (rest.IsEmpty)
                return;
            rest = rest[_separator.Length..];
        }
    }

    private void TakePlain(ref ReadOnlySpan<byte> rest)
    {
        var length = rest.IndexOf(_separator);
        if (length < 0)
        {
            Append(rest.EndsWith("\r"u8) ? rest[..^1] : rest);
            rest = [];
            return;
        }
        Append(rest[..length]);
        rest = rest[length..];
    }

    private bool TryTakeQuoted(ref ReadOnlySpan<byte> rest)
    {
        _isOpen = true;
        while (true)
        {
            var length = rest.IndexOf((byte)'"');
            if (length < 0)
            {
                Append(rest);
                return false;
            }
            Append(rest[..length]);
            rest = rest[(length + 1)..];
            if (!rest.StartsWith("\""u8))
                break;
            Append("\""u8);
            rest = rest[1..];
        }
        _isOpen = false;
        if (rest.SequenceEqual("\r"u8))
            rest = [];
        if (rest.IsEmpty || rest.StartsWith(_separator))
            return true;
        QuotingProblem = "has text behind a closing quotation mark";
        return false;
    }

    private void Append(ReadOnlySpan<byte> text)
    {
        if (text.Length > _text.Length - _length)
            Array.Resize(ref _text, Math.Max(2 * _text.Length, _length + text.Length));
        text.CopyTo(_text.AsSpan(_length));
        _length += text.Length;
    }
}
