using System.Buffers;
using Clip.Tokenization.Repair;
using Clip.Tokenization.Strings;

namespace Clip.Tokenization.Cleaning;

/// <summary>Turns a caption into the text whose tokens a model was trained on.</summary>
/// <param name="cleaning">Case, white space and punctuation; null to leave them.</param>
/// <param name="repair">Whether texts are repaired first.</param>
/// <param name="unescapeHtml">Whether HTML's character references are replaced.</param>
internal sealed class TextCleaner(TextCleaning? cleaning, bool repair, bool unescapeHtml)
{
    private static readonly SearchValues<char> Punctuation = SearchValues.Create("!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~");

    // What the fast path makes of an ASCII character: itself or its lower case, a space, or nothing (0) where it cannot tell.
    private readonly byte[] _ascii = AsciiTable(cleaning, repair, unescapeHtml);

    /// <summary>Cleans any text.</summary>
    public string Clean(string text)
    {
        if (repair)
            text = TextRepair.Repair(text);
        if (unescapeHtml)
            text = HtmlEntities.Unescape(HtmlEntities.Unescape(text));
        return cleaning switch
        {
            TextCleaning.Lower => PythonText.Lower(PythonText.CollapseSpaces(text)),
            TextCleaning.Whitespace => PythonText.CollapseSpaces(text),
            TextCleaning.WhitespaceAndUnderscores => PythonText.CollapseSpaces(text.Replace('_', ' ')),
            TextCleaning.Canonical => Canonicalize(text),
            TextCleaning.CanonicalWithoutUnderscores => Canonicalize(text.Replace("_", "", StringComparison.Ordinal)),
            null => text,
            _ => throw new ArgumentOutOfRangeException(nameof(text), cleaning, null),
        };
    }

    /// <summary>Cleans ASCII text of printable characters and white space straight into UTF-8.</summary>
    /// <param name="text">The text.</param>
    /// <param name="utf8">Space for as many bytes as the text has characters.</param>
    /// <returns>The number of bytes, or -1 for a text that needs <see cref="Clean"/>.</returns>
    public int TryCleanAscii(ReadOnlySpan<char> text, Span<byte> utf8)
    {
        var table = _ascii;
        var length = 0;
        var spaced = true;
        foreach (var c in text)
        {
            if (c >= table.Length || table[c] is not (> 0 and var value))
                return -1;
            if (value == ' ')
            {
                if (!spaced)
                    utf8[length++] = value;
                spaced = true;
            }
            else
            {
                utf8[length++] = value;
                spaced = false;
            }
        }
        return spaced && length > 0 ? length - 1 : length;
    }

    /// <summary>Lower case without punctuation, underscores read as spaces.</summary>
    public static string Canonicalize(string text)
    {
        text = text.Replace('_', ' ');
        if (text.AsSpan().ContainsAny(Punctuation))
            text = string.Concat(text.Where(c => !Punctuation.Contains(c)));
        return PythonText.CollapseSpaces(PythonText.Lower(text));
    }

    private static byte[] AsciiTable(TextCleaning? cleaning, bool repair, bool unescapeHtml)
    {
        var table = new byte[128];
        if (cleaning is not (TextCleaning.Lower or TextCleaning.Whitespace))
            return table;
        for (var c = (char)0; c < table.Length; c++)
        {
            if (PythonText.IsSpace(c) && (c is not ('\v' or >= '\u001C' and <= '\u001F') || !repair))
                table[c] = (byte)' ';
            else if (c is > ' ' and < '\u007F' && (c != '&' || !(repair || unescapeHtml)))
                table[c] = (byte)(cleaning == TextCleaning.Lower ? char.ToLowerInvariant(c) : c);
        }
        table[' '] = (byte)' ';
        return table;
    }
}
