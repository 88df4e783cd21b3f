using System.Collections.Frozen;
using System.Diagnostics.CodeAnalysis;

namespace Clip.Tokenization.Repair;

/// <summary>An encoding of one byte per character that UTF-8 text is often mistaken for.</summary>
/// <remarks>
/// Bytes that an encoding leaves unassigned stand for the control character of the same number, as programs do in practice.
/// A lossy encoding is one whose readers replace what they cannot read with U+FFFD: that character is written as byte 1A.
/// </remarks>
internal sealed partial class SingleByteEncoding
{
    private const byte Substitute = 0x1A;
    private readonly FrozenDictionary<char, byte> _bytes;
    private readonly bool _isLossy;

    private SingleByteEncoding(string upperHalf, bool lossy)
    {
        _isLossy = lossy;
        _bytes = upperHalf.Select((c, i) => KeyValuePair.Create(c, (byte)(0x80 + i))).ToFrozenDictionary();
    }

    /// <summary>Whether U+FFFD is written as byte 1A.</summary>
    public bool IsLossy => _isLossy;

    /// <summary>Writes text as bytes, where every character of it has one.</summary>
    public bool TryEncode(string text, [NotNullWhen(true)] out byte[]? bytes)
    {
        var encoded = new byte[text.Length];
        bytes = null;
        for (var i = 0; i < text.Length; i++)
        {
            if (!TryEncode(text[i], out encoded[i]))
                return false;
        }
        bytes = encoded;
        return true;
    }

    /// <summary>The character of a byte from 0x80 on in Windows-1252, or the control character of that number.</summary>
    public static char ReadWindows1252(char control) => Windows1252Upper[control - 0x80];

    private bool TryEncode(char c, out byte value)
    {
        value = (byte)c;
        if (c < 0x80)
            return !_isLossy || c != Substitute;
        if (_isLossy && c == '\uFFFD')
        {
            value = Substitute;
            return true;
        }
        return _bytes.TryGetValue(c, out value);
    }
}
