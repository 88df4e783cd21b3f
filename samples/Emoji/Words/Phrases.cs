using System.Text;

namespace Emoji.Words;

/// <summary>The phrases of a text: its words and what stands side by side, in lower case.</summary>
/// <remarks>In scripts without spaces between words, and in Korean, whose words grow endings, any run of characters counts as a phrase.</remarks>
internal static class Phrases
{
    // More words or characters than the longest keyword has.
    private const int MostParts = 12;

    /// <summary>A text with single spaces between words, in lower case and without punctuation.</summary>
    public static string Normalize(string text) => string.Join(' ', Words(text));

    /// <summary>The words of a text.</summary>
    public static string[] Words(string text)
    {
        var letters = new StringBuilder();
        foreach (var rune in text.Normalize(NormalizationForm.FormC).ToLowerInvariant().EnumerateRunes())
        {
            if (Rune.IsLetterOrDigit(rune) || Rune.GetUnicodeCategory(rune) is System.Globalization.UnicodeCategory.NonSpacingMark)
                letters.Append(rune.ToString());
            else
                letters.Append(' ');
        }
        return letters.ToString().Split(' ', StringSplitOptions.RemoveEmptyEntries);
    }

    /// <summary>All phrases of a text.</summary>
    public static IEnumerable<string> Of(string text)
    {
        var words = Words(text);
        for (var first = 0; first < words.Length; first++)
        {
            for (var count = 1; count <= Math.Min(MostParts, words.Length - first); count++)
                yield return string.Join(' ', words, first, count);
            foreach (var run in Runs(words[first]))
                yield return run;
        }
    }

    private static IEnumerable<string> Runs(string word)
    {
        if (!word.Any(IsEastAsian))
            yield break;
        for (var start = 0; start < word.Length; start++)
        {
            for (var length = 1; length <= Math.Min(MostParts, word.Length - start); length++)
                yield return word.Substring(start, length);
        }
    }

    // From the radicals of Chinese on: kana, ideographs, hangul.
    private static bool IsEastAsian(char character) => character is >= '\u2E80' and <= '\uD7FF' or >= '\uF900' and <= '\uFAFF';
}
