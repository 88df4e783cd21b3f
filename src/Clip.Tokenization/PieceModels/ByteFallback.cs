using System.Globalization;
using System.Text;

namespace Clip.Tokenization.PieceModels;

/// <summary>The tokens <c>&lt;0x00&gt;</c> to <c>&lt;0xFF&gt;</c>, which spell what no other token does.</summary>
internal sealed class ByteFallback
{
    private readonly int[] _ids;

    private ByteFallback(int[] ids) => _ids = ids;

    /// <summary>Finds the tokens; null where one of them is missing.</summary>
    public static ByteFallback? TryCreate(IReadOnlyDictionary<string, int> ids)
    {
        var found = new int[256];
        for (var value = 0; value < found.Length; value++)
        {
            if (!ids.TryGetValue(Spell(value), out found[value]))
                return null;
        }
        return new ByteFallback(found);
    }

    /// <summary>How the token of a byte is spelled.</summary>
    public static string Spell(int value) => string.Create(CultureInfo.InvariantCulture, $"<0x{value:X2}>");

    /// <summary>The byte that a token spells, or -1.</summary>
    public static int ByteOf(string token) =>
        token is ['<', '0', 'x', _, _, '>'] && byte.TryParse(token.AsSpan(3, 2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var value)
            ? value
            : -1;

    /// <summary>Appends the bytes of some characters.</summary>
    public void Add(ReadOnlySpan<char> characters, int start, ref WordTokens tokens)
    {
        Span<byte> utf8 = stackalloc byte[4];
        foreach (var rune in characters.EnumerateRunes())
        {
            var length = rune.EncodeToUtf8(utf8);
            for (var i = 0; i < length; i++)
                tokens.Add(_ids[utf8[i]], start, i);
            start += rune.Utf16SequenceLength;
        }
    }
}
