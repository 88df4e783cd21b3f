using System.Globalization;
using System.Text;

namespace Clip.Tokenization.Strings;

/// <summary>Python's idea of letters, numbers, white space and case, which the original tokenizer was built on.</summary>
internal static class PythonText
{
    private const char CapitalSigma = 'Σ';
    private const char FinalSigma = 'ς';
    private const char CapitalDottedI = 'İ';

    /// <summary>Whether the character is of one of Unicode's letter categories.</summary>
    public static bool IsLetter(Rune rune) => Rune.GetUnicodeCategory(rune) <= UnicodeCategory.OtherLetter;

    /// <summary>Whether the character is of one of Unicode's number categories.</summary>
    public static bool IsNumber(Rune rune) =>
        Rune.GetUnicodeCategory(rune) is UnicodeCategory.DecimalDigitNumber or UnicodeCategory.LetterNumber or UnicodeCategory.OtherNumber;

    /// <summary>Whether Python splits words here: .NET's white space and four separators of ASCII.</summary>
    public static bool IsSpace(char c) => char.IsWhiteSpace(c) || c is >= '\u001C' and <= '\u001F';

    /// <summary>One space for each run of white space, none at the ends.</summary>
    public static string CollapseSpaces(string text)
    {
        var collapsed = new StringBuilder(text.Length);
        foreach (var c in text)
        {
            if (!IsSpace(c))
                collapsed.Append(c);
            else if (collapsed.Length > 0 && collapsed[^1] != ' ')
                collapsed.Append(' ');
        }
        if (collapsed.Length > 0 && collapsed[^1] == ' ')
            collapsed.Length--;
        return collapsed.ToString();
    }

    /// <summary>Lower case as str.lower has it: the sigma that ends a word is ς, and İ becomes i with a dot above.</summary>
    public static string Lower(string text)
    {
        if (!text.AsSpan().ContainsAny(CapitalSigma, CapitalDottedI))
            return text.ToLowerInvariant();

        var lower = new StringBuilder(text.Length + 8);
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] == CapitalSigma)
                lower.Append(EndsWord(text, i) ? FinalSigma : 'σ');
            else if (text[i] == CapitalDottedI)
                lower.Append("i\u0307");
            else
                lower.Append(text[i]);
        }
        return lower.ToString().ToLowerInvariant();
    }

    /// <summary>Lower case of each character by itself: every sigma becomes σ.</summary>
    public static string LowerEach(string text) => text.Replace("İ", "i\u0307", StringComparison.Ordinal).ToLowerInvariant();

    /// <summary>The text with U+FFFD for each half of a surrogate pair that stands alone.</summary>
    public static string ReplaceLoneSurrogates(string text)
    {
        if (!text.AsSpan().ContainsAnyInRange('\uD800', '\uDFFF'))
            return text;
        var replaced = new StringBuilder(text.Length);
        foreach (var rune in text.EnumerateRunes())
            replaced.Append(rune);
        return replaced.ToString();
    }

    /// <summary>Upper case as str.upper has it for the characters that HTML has names for.</summary>
    public static string Upper(string text) => text switch
    {
        "ß" => "SS",
        "ﬀ" => "FF",
        "ﬁ" => "FI",
        "ﬂ" => "FL",
        "ﬃ" => "FFI",
        "ﬄ" => "FFL",
        "ŉ" => "ʼN",
        "ı" => "I",
        _ => text.ToUpperInvariant(),
    };

    // Unicode's final sigma: a cased letter before it and none after it, but for what case passes over.
    private static bool EndsWord(string text, int sigma)
    {
        var before = Rune.ReplacementChar;
        for (var i = sigma; i > 0;)
        {
            Rune.DecodeLastFromUtf16(text.AsSpan(0, i), out before, out var length);
            i -= length;
            if (!IsCaseIgnorable(before))
                break;
            before = Rune.ReplacementChar;
        }
        return IsCased(before) && !IsFollowedByCased(text.AsSpan(sigma + 1));
    }

    private static bool IsFollowedByCased(ReadOnlySpan<char> text)
    {
        foreach (var rune in text.EnumerateRunes())
        {
            if (!IsCaseIgnorable(rune))
                return IsCased(rune);
        }
        return false;
    }

    private static bool IsCased(Rune rune) =>
        Rune.GetUnicodeCategory(rune) is UnicodeCategory.UppercaseLetter or UnicodeCategory.LowercaseLetter or UnicodeCategory.TitlecaseLetter
        || rune.Value is 'ª' or 'º' or (>= 0x2160 and <= 0x217F) or (>= 0x24B6 and <= 0x24E9)
            or (>= 0x1F130 and <= 0x1F149) or (>= 0x1F150 and <= 0x1F169) or (>= 0x1F170 and <= 0x1F189);

    // Marks, modifiers, format characters, and the punctuation that stands inside words.
    private static bool IsCaseIgnorable(Rune rune) =>
        Rune.GetUnicodeCategory(rune) is UnicodeCategory.NonSpacingMark or UnicodeCategory.EnclosingMark or UnicodeCategory.Format
            or UnicodeCategory.ModifierLetter or UnicodeCategory.ModifierSymbol
        || rune.Value is '\'' or '.' or ':' or '·' or 0x387 or 0x55F or 0x5F4 or 0x2018 or 0x2019 or 0x2024 or 0x2027
            or 0xFE13 or 0xFE52 or 0xFE55 or 0xFF07 or 0xFF0E or 0xFF1A;
}
