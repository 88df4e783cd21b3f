using System.Collections.Frozen;
using System.Globalization;
using System.Text;

namespace Clip.Tokenization.Strings;

/// <summary>HTML5's character references, named and numbered.</summary>
internal static class HtmlEntities
{
    private const int LongestName = 32;
    private const int LongestStrictName = 24;

    // Names with their semicolon, and those that HTML also knows without one.
    private static readonly FrozenDictionary<string, string> Names = ReadNames();
    private static readonly FrozenDictionary<string, string>.AlternateLookup<ReadOnlySpan<char>> Lookup =
        Names.GetAlternateLookup<ReadOnlySpan<char>>();
    private static readonly FrozenDictionary<string, string>.AlternateLookup<ReadOnlySpan<char>> Shouted =
        ShoutedNames().GetAlternateLookup<ReadOnlySpan<char>>();

    private delegate int Reader(ReadOnlySpan<char> text, StringBuilder target);

    /// <summary>Replaces every reference as browsers do: the longest name that fits, a semicolon where there is one.</summary>
    /// <remarks>Gives what Python's html.unescape gives.</remarks>
    public static string Unescape(string text) => Replace(text, Read);

    /// <summary>Replaces references that end in a semicolon, also names in capitals (&amp;EACUTE;).</summary>
    /// <remarks>Gives what ftfy's unescape_html gives.</remarks>
    public static string UnescapeStrictly(string text) => Replace(text, ReadStrictly);

    private static string Replace(string text, Reader read)
    {
        var next = text.IndexOf('&');
        if (next < 0)
            return text;

        var replaced = new StringBuilder(text.Length);
        var copied = 0;
        while (next >= 0)
        {
            replaced.Append(text, copied, next - copied);
            var length = read(text.AsSpan(next), replaced);
            if (length == 0)
                replaced.Append('&');
            copied = next + Math.Max(1, length);
            next = text.IndexOf('&', copied);
        }
        return replaced.Append(text, copied, text.Length - copied).ToString();
    }

    private static int Read(ReadOnlySpan<char> text, StringBuilder target)
    {
        if (text.Length > 1 && text[1] == '#')
            return ReadNumber(text, target);

        var run = text[1..];
        var length = 0;
        while (length < run.Length && length < LongestName && char.IsAsciiLetterOrDigit(run[length]))
            length++;
        if (length < run.Length && run[length] == ';')
            length++;
        for (; length > 1; length--)
        {
            if (Lookup.TryGetValue(run[..length], out var characters))
            {
                target.Append(characters);
                return 1 + length;
            }
        }
        return 0;
    }

    private static int ReadStrictly(ReadOnlySpan<char> text, StringBuilder target)
    {
        var isNumber = text.Length > 1 && text[1] == '#';
        var nameStart = isNumber ? 2 : 1;
        var length = 0;
        while (nameStart + length < text.Length && length <= LongestStrictName && char.IsAsciiLetterOrDigit(text[nameStart + length]))
            length++;
        var end = nameStart + length;
        if (length is 0 or > LongestStrictName || end >= text.Length || text[end] != ';')
            return 0;

        if (!isNumber)
        {
            var name = text[1..(end + 1)];
            if (!Lookup.TryGetValue(name, out var characters) && !Shouted.TryGetValue(name, out characters))
                return 0;
            target.Append(characters);
            return end + 1;
        }

        // What is only a number at its start stays as it is, and so does a number that is a semicolon.
        var before = target.Length;
        if (ReadNumber(text[..(end + 1)], target) == end + 1 && !(target.Length > before && target[^1] == ';'))
            return end + 1;
        target.Length = before;
        return 0;
    }

    private static int ReadNumber(ReadOnlySpan<char> text, StringBuilder target)
    {
        var isHexadecimal = text.Length > 2 && text[2] is 'x' or 'X';
        var start = isHexadecimal ? 3 : 2;
        var end = start;
        var code = 0;
        for (; end < text.Length && (isHexadecimal ? char.IsAsciiHexDigit(text[end]) : char.IsAsciiDigit(text[end])); end++)
            code = Math.Min(0x110000, (code * (isHexadecimal ? 16 : 10)) + Convert.ToInt32(text[end].ToString(), 16));
        if (end == start)
            return 0;
        if (end < text.Length && text[end] == ';')
            end++;
        AppendCharacter(code, target);
        return end;
    }

    private static void AppendCharacter(int code, StringBuilder target)
    {
        if (code is >= 0x80 and <= 0x9F)
            target.Append(Repair.SingleByteEncoding.ReadWindows1252((char)code));
        else if (code == 0 || !Rune.IsValid(code))
            target.Append('\uFFFD');
        else if (!IsDropped(code))
            target.Append(new Rune(code).ToString());
    }

    // Control characters but for white space, and noncharacters.
    private static bool IsDropped(int code) =>
        code is (< 0x20 and not ('\t' or '\n' or '\f' or '\r')) or 0x7F or (>= 0xFDD0 and <= 0xFDEF) || (code & 0xFFFE) == 0xFFFE;

    private static FrozenDictionary<string, string> ReadNames()
    {
        using var stream = typeof(HtmlEntities).Assembly.GetManifestResourceStream("Html5Entities.txt")!;
        using var reader = new StreamReader(stream);
        var names = new Dictionary<string, string>(2_231, StringComparer.Ordinal);
        while (reader.ReadLine() is { } line)
        {
            var fields = line.Split(' ');
            var characters = fields.Skip(1).Select(code => new Rune(int.Parse(code, NumberStyles.HexNumber, CultureInfo.InvariantCulture)));
            names.Add(fields[0], string.Concat(characters));
        }
        return names.ToFrozenDictionary(StringComparer.Ordinal);
    }

    // Lower-case names in capitals, where HTML gives the capitals no meaning of their own.
    private static FrozenDictionary<string, string> ShoutedNames()
    {
        var shouted = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var (name, characters) in Names)
        {
            var upper = name.ToUpperInvariant();
            if (name.EndsWith(';') && !name.Any(char.IsAsciiLetterUpper) && Unescape("&" + upper) == "&" + upper)
                shouted[upper] = PythonText.Upper(characters);
        }
        return shouted.ToFrozenDictionary(StringComparer.Ordinal);
    }
}
