using System.Buffers;
using System.Text;
using Clip.Tokenization.Cleaning;
using Clip.Tokenization.Strings;
using static Clip.Tokenization.Repair.CharacterSets;

namespace Clip.Tokenization.Repair;

/// <summary>Neighbouring characters that hardly anyone writes on purpose, and that broken encodings are full of.</summary>
/// <remarks>The patterns are those of ftfy 6.3.1's badness heuristic.</remarks>
internal static class MojibakePatterns
{
    private const string Letters = LowerAccented + UpperAccented;
    private const string Marks = Opening + Closing;
    private const string Signs = Letters + Boxes + Marks + Currency + Numeric + Law;
    private const string Arabic = Common + Currency + Bad + Numeric + Opening + "ŸŠ®°µ»";

    // A pattern is a set for each character in turn.
    private static readonly SearchValues<char>[][] Patterns =
    [
        [Of(Controls)],
        [Of(Bad, Signs), Of(Bad)],
        [Of(Latin), Of(LowerCommon, UpperCommon), Of(Bad)],
        [Of(Bad), Of(Signs)],
        [Of(LowerAccented, LowerCommon, Boxes, Closing, Currency, Numeric), Of(UpperAccented)],
        [Of(Boxes, Closing, Currency, Numeric), Of(LowerAccented)],
        [Of(LowerAccented, Boxes, Closing), Of(Currency)],
        [Of(Spaces), Of(UpperAccented), Of(Currency)],
        [Of(UpperAccented, Boxes), Of(Numeric, Law)],
        [Of(Letters, Boxes, Currency, Closing), Of(Opening), Of(Numeric)],
        [Of(Letters, Currency, Numeric, Boxes, Law), Of(Closing), Of(Opening)],
        [Of(Currency, Numeric, Boxes), Of(Opening)],
        [Of(LowerLatin), Of(UpperAccented), Of(Opening, Currency)],
        [Of(Boxes), Of(Kaomoji)],
        [Of(Letters, Currency, Numeric, Marks, Law), Of(Boxes)],
        [Of(Boxes), Of(Closing)],
        [Of(UpperAccented), Of("°")],

        // Windows-1252: two-byte sequences, Arabic, South Asian alphabets, "à", "á" and U+00A0.
        [Of("ÂÃÎÐ"), Of("€œŠš¢£Ÿž\u00A0\u00AD®©°·»–—´", Marks)],
        [Of("×"), Of("²³")],
        [Of("ØÙ"), Of(Arabic), Of("ØÙ"), Of(Arabic)],
        [Of("à"), Of("²µ¹¼½¾")],
        [Of("Ã"), Of("\u00A0¡")],
        [Of(LowerLatin), Of("ÂÃ"), Of(" ")],
        [Of(LowerLatin), Of(Spaces), Of("ÂÃ"), Of(" ")],
        [Of(LowerLatin, ".,?!", Closing), Of("Â"), Of(" ", Marks)],

        // Mac Roman.
        [Of("√"), Of("±∂†≠®™´≤≥¥µø")],
        [Of("≈"), Of("°¢")],
        [Of("‚"), Of("Ä"), Of("ìîïòôúùû†°¢π")],
        [Of("‚"), Of("âó"), Of("àä°ê")],

        // Windows-1251, Windows-1253, Windows-1257.
        [Of("в"), Of("Ђ")],
        [Of("ВГРС"), Of(Controls, Bad, Marks, Currency, "°µ"), Of("ВГРС")],
        [Of("β"), Of("€"), Of("™\u00A0Ά\u00AD®°")],
        [Of("ΒΓΞΟ"), Of(Controls, Bad, Marks, Currency, "°"), Of("ΒΓΞΟ")],
        [Of("ā"), Of("€")],
    ];

    private static readonly SearchValues<char> AllLetters = Of(Letters);
    private static readonly SearchValues<char> AllMarks = Of(Marks);
    private static readonly SearchValues<char> LatinLetters = Of(Latin);

    // Every pattern has at least one of these.
    private static readonly SearchValues<char> Suspects =
        Of(Controls, Bad, Signs, LowerCommon, UpperCommon, Kaomoji, Arabic, "ø´Ђ");

    /// <summary>Whether the text looks like UTF-8 that was read as another encoding.</summary>
    public static bool Match(ReadOnlySpan<char> text)
    {
        if (!text.ContainsAny(Suspects))
            return false;
        if (text is ['Â' or 'Ã', ' ', ..])
            return true;

        for (var i = 0; i < text.Length; i++)
        {
            var rest = text[i..];
            if (MatchOpenEnded(rest))
                return true;
            foreach (var pattern in Patterns)
            {
                if (Match(pattern, rest))
                    return true;
            }
        }
        return false;
    }

    private static bool Match(SearchValues<char>[] pattern, ReadOnlySpan<char> text)
    {
        if (text.Length < pattern.Length)
            return false;
        for (var i = 0; i < pattern.Length; i++)
        {
            if (!pattern[i].Contains(text[i]))
                return false;
        }
        return true;
    }

    // Those with a character that can be almost any.
    private static bool MatchOpenEnded(ReadOnlySpan<char> text) => text switch
    {
        ['Œ' or 'œ', var next, ..] when !LatinLetters.Contains(next) => true,
        ['Г', 'ў', 'В', 'Ђ', 'В', not '\n', _, ..] => EndsInLatin(text[5..]),
        [_, _, _, ..] => AllLetters.Contains(text[0]) && AllMarks.Contains(text[1]) && StartsWord(text[2..]),
        _ => false,
    };

    private static bool EndsInLatin(ReadOnlySpan<char> text)
    {
        Rune.DecodeFromUtf16(text, out _, out var length);
        return length < text.Length && (text[length] == ' ' || LatinLetters.Contains(text[length]));
    }

    private static bool StartsWord(ReadOnlySpan<char> text)
    {
        Rune.DecodeFromUtf16(text, out var rune, out _);
        return rune.Value == '_' || PythonText.IsLetter(rune) || PythonText.IsNumber(rune);
    }
}
