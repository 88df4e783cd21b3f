using System.Globalization;
using System.Text;

namespace Clip.Cli;

/// <summary>Makes text from files safe to print: a name may hold escape sequences that a terminal would obey.</summary>
internal static class PlainText
{
    /// <summary>Shows control characters as escapes (\n, \u001B) and lone halves of surrogate pairs as \uD800.</summary>
    /// <param name="text">Any text.</param>
    public static string Show(string text)
    {
        if (!text.Any(IsUnsafe))
            return text;
        var shown = new StringBuilder(text.Length + 16);
        for (var i = 0; i < text.Length; i++)
        {
            if (char.IsHighSurrogate(text[i]) && i + 1 < text.Length && char.IsLowSurrogate(text[i + 1]))
                shown.Append(text[i]).Append(text[++i]);
            else
                Append(shown, text[i]);
        }
        return shown.ToString();
    }

    /// <summary>Makes one line of a message: runs of white space become single spaces.</summary>
    /// <param name="message">The message.</param>
    public static string OneLine(string message) =>
        Show(string.Join(' ', message.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)));

    private static bool IsUnsafe(char c) => char.IsControl(c) || char.IsSurrogate(c) || IsDirectional(c);

    // Marks that turn the direction of writing can make a name look like another one (Unicode Standard Annex 9).
    private static bool IsDirectional(char c) => c is >= '\u202A' and <= '\u202E' or >= '\u2066' and <= '\u2069';

    private static void Append(StringBuilder shown, char c)
    {
        switch (c)
        {
            case '\n':
                shown.Append("\\n");
                break;
            case '\r':
                shown.Append("\\r");
                break;
            case '\t':
                shown.Append("\\t");
                break;
            case var _ when IsUnsafe(c):
                shown.Append(CultureInfo.InvariantCulture, $"\\u{(int)c:X4}");
                break;
            default:
                shown.Append(c);
                break;
        }
    }
}
