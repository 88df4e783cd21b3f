using System.Text;

namespace Clip.Tokenization.BytePairs;

/// <summary>A thread's working memory: a cleaned text in UTF-8 and its tokens.</summary>
internal sealed class TokenBuffer
{
    // Eight bytes can be read at any place of the text.
    public const int Padding = 8;
    private const int MostKeptBytes = 1 << 20;

    [ThreadStatic]
    private static TokenBuffer? s_idle;

    private byte[] _utf8 = new byte[1024];
    private int[] _ids = new int[256];
    private int[] _starts = new int[256];

    /// <summary>The bytes of the cleaned text.</summary>
    public ReadOnlySpan<byte> Utf8 => _utf8.AsSpan(0, Length);

    /// <summary>The text with the padding behind it.</summary>
    public ReadOnlySpan<byte> PaddedUtf8 => _utf8.AsSpan(0, Length + Padding);

    /// <summary>Bytes of the cleaned text.</summary>
    public int Length { get; private set; }

    /// <summary>The tokens, without start and end.</summary>
    public ReadOnlySpan<int> Ids => _ids.AsSpan(0, Count);

    /// <summary>Number of tokens.</summary>
    public int Count { get; private set; }

    /// <summary>The byte at which each token starts.</summary>
    public ReadOnlySpan<int> Starts => _starts.AsSpan(0, Count);

    /// <summary>Takes the thread's buffer, which <see cref="Return"/> gives back.</summary>
    public static TokenBuffer Rent()
    {
        var buffer = s_idle ?? new TokenBuffer();
        s_idle = null;
        buffer.Clear();
        return buffer;
    }

    /// <summary>Gives the buffer back to its thread, unless a long text has made it large.</summary>
    public void Return()
    {
        if (_utf8.Length <= MostKeptBytes && _ids.Length <= MostKeptBytes)
            s_idle = this;
    }

    /// <summary>Forgets text and tokens.</summary>
    public void Clear() => (Length, Count) = (0, 0);

    /// <summary>Room behind the text for so many bytes more, and for the padding.</summary>
    public Span<byte> Reserve(int bytes)
    {
        if (_utf8.Length - Padding - Length < bytes)
            Array.Resize(ref _utf8, Math.Max(Length + bytes + Padding, _utf8.Length * 2));
        return _utf8.AsSpan(Length);
    }

    /// <summary>Makes so many of the reserved bytes part of the text.</summary>
    public void Advance(int bytes)
    {
        Length += bytes;
        _utf8.AsSpan(Length, Padding).Clear();
    }

    /// <summary>Appends text as it is; half a surrogate pair becomes U+FFFD.</summary>
    public void Append(ReadOnlySpan<char> text) =>
        Advance(Encoding.UTF8.GetBytes(text, Reserve(Encoding.UTF8.GetByteCount(text))));

    /// <summary>Appends a token.</summary>
    public void Add(int id, int start)
    {
        if (Count == _ids.Length)
        {
            Array.Resize(ref _ids, Count * 2);
            Array.Resize(ref _starts, Count * 2);
        }
        _ids[Count] = id;
        _starts[Count++] = start;
    }

    /// <summary>The cleaned text as a string.</summary>
    public string GetText() => Encoding.UTF8.GetString(Utf8);

    /// <summary>The number of UTF-16 characters that start before a byte.</summary>
    public int CharacterIndex(int fromByte, int toByte)
    {
        var characters = 0;
        foreach (var value in _utf8.AsSpan(fromByte, toByte - fromByte))
            characters += value < 0x80 || value is >= 0xC0 and < 0xF0 ? 1 : value >= 0xF0 ? 2 : 0;
        return characters;
    }

    /// <summary>Whether a character starts at the byte, or the text ends there.</summary>
    public bool IsBoundary(int index) => index >= Length || (_utf8[index] & 0xC0) != 0x80;

    /// <summary>Puts one token in the place of another.</summary>
    public void Replace(int id, int replacement) => _ids.AsSpan(0, Count).Replace(id, replacement);

    /// <summary>As many tokens as are allowed, less those that would end inside a character.</summary>
    public int WholeCharacters(int most)
    {
        var count = Math.Min(most, Count);
        while (count > 0 && count < Count && !IsBoundary(_starts[count]))
            count--;
        return count;
    }

    /// <summary>The number of UTF-16 characters before a token.</summary>
    public int CharactersBefore(int token) => CharacterIndex(0, token < Count ? _starts[token] : Length);
}
