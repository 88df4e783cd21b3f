using System.Globalization;
using System.Text;

namespace ImageSearch;

/// <summary>What images are called: the last part of a path, without characters that show something else than they are.</summary>
internal static class Titles
{
    private const int MaxLength = 200;
    private const string Unnamed = "image";

    /// <summary>Makes a title of whatever a caller says.</summary>
    public static string Clean(string? text)
    {
        var name = (text ?? "")[((text ?? "").LastIndexOfAny(['/', '\\']) + 1)..];
        var title = new StringBuilder(Math.Min(name.Length, MaxLength));
        foreach (var rune in name.EnumerateRunes())
        {
            if (title.Length + rune.Utf16SequenceLength > MaxLength)
                break;
            if (!IsHidden(rune))
                title.Append(rune);
        }
        var clean = title.ToString().Trim();
        return clean.Length > 0 ? clean : Unnamed;
    }

    // Controls, overrides of the direction of writing, and halves of characters. What joins emoji to one stays.
    private static bool IsHidden(Rune rune) =>
        rune == Rune.ReplacementChar
        || Rune.GetUnicodeCategory(rune) is UnicodeCategory.Control or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator
        || Rune.GetUnicodeCategory(rune) == UnicodeCategory.Format && rune.Value is not 0x200C and not 0x200D and (< 0xE0020 or > 0xE007F);
}
