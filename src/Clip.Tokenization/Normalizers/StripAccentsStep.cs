using System.Globalization;
using System.Text;

namespace Clip.Tokenization.Normalizers;

/// <summary>Removes marks.</summary>
/// <param name="allMarks">Whether spacing and enclosing marks go too.</param>
internal sealed class StripAccentsStep(bool allMarks) : NormalizationStep
{
    public override string Apply(string text)
    {
        if (Ascii.IsValid(text))
            return text;
        var kept = new StringBuilder(text.Length);
        foreach (var rune in text.EnumerateRunes())
        {
            var category = Rune.GetUnicodeCategory(rune);
            var isMark = category == UnicodeCategory.NonSpacingMark
                || (allMarks && category is UnicodeCategory.SpacingCombiningMark or UnicodeCategory.EnclosingMark);
            if (!isMark)
                kept.Append(rune);
        }
        return kept.ToString();
    }
}
