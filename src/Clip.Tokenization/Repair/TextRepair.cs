using System.Text;
using Clip.Tokenization.Cleaning;
using Clip.Tokenization.Strings;

namespace Clip.Tokenization.Repair;

/// <summary>Repairs what programs do to text: wrong encodings, entities, curly quotes, ligatures, widths, control characters.</summary>
/// <remarks>Gives what ftfy 6.3.1's fix_text gives with its defaults: CLIP's models were trained on texts it had repaired.</remarks>
internal static class TextRepair
{
    // Longer lines are repaired in parts of this many characters.
    private const int LongestPart = 1_000_000;

    // A real text is done after two or three. "&amp;amp;amp;..." takes one for each "amp;", and ends here instead of never.
    private const int MostRounds = 1_000;

    /// <summary>Repairs each line by itself.</summary>
    public static string Repair(string text)
    {
        var unescape = true;
        if (text.IndexOf('\n') is -1 && text.Length <= LongestPart)
            return RepairPart(text, ref unescape);

        var repaired = new StringBuilder(text.Length);
        for (var start = 0; start < text.Length;)
        {
            var end = PartEnd(text, start);
            repaired.Append(RepairPart(text[start..end], ref unescape));
            start = end;
        }
        return repaired.ToString();
    }

    private static int PartEnd(string text, int start)
    {
        var lineFeed = text.IndexOf('\n', start);
        var end = lineFeed < 0 ? text.Length : lineFeed + 1;
        if (end - start <= LongestPart)
            return end;

        var characters = 0;
        var cut = start;
        while (cut < end && characters < LongestPart)
        {
            cut += cut + 1 < end && char.IsSurrogatePair(text[cut], text[cut + 1]) ? 2 : 1;
            characters++;
        }
        return cut;
    }

    // From the first '<' on, entities are left alone: the text may be HTML.
    private static string RepairPart(string text, ref bool unescape)
    {
        unescape &= !text.Contains('<');
        for (var round = 0; round < MostRounds; round++)
        {
            var repaired = unescape ? HtmlEntities.UnescapeStrictly(text) : text;
            repaired = CharacterRepair.Repair(EncodingRepair.Repair(repaired));
            if (repaired == text)
                return text;
            text = repaired;
        }
        return text;
    }
}
