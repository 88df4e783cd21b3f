using System.Globalization;
using System.Text;
using Clip.Tokenization.Normalization;
using Clip.Tokenization.Strings;

namespace Clip.Tokenization.Normalizers;

/// <summary>BERT's basic cleaning: control characters out, white space to spaces, Chinese characters apart, lower case without accents.</summary>
/// <remarks>Source: google-research/bert, tokenization.py, BasicTokenizer.</remarks>
/// <param name="cleanText">Whether control characters are removed and white space becomes spaces.</param>
/// <param name="spaceChinese">Whether there is a space on either side of each CJK ideograph.</param>
/// <param name="stripAccents">Whether nonspacing marks are removed from the decomposed text.</param>
/// <param name="lowerCase">Whether letters become lower case.</param>
internal sealed class BertStep(bool cleanText, bool spaceChinese, bool stripAccents, bool lowerCase) : NormalizationStep
{
    private static readonly StripAccentsStep Accents = new(allMarks: false);

    public override string Apply(string text)
    {
        if (cleanText || spaceChinese)
            text = Clean(text);
        if (lowerCase)
            text = PythonText.LowerEach(text);
        return stripAccents ? Accents.Apply(ComposedForm.Decompose(text)) : text;
    }

    private string Clean(string text)
    {
        var cleaned = new StringBuilder(text.Length + 16);
        foreach (var rune in text.EnumerateRunes())
        {
            if (cleanText && IsSpace(rune))
                cleaned.Append(' ');
            else if (cleanText && IsControl(rune))
                continue;
            else if (spaceChinese && IsIdeograph(rune.Value))
                cleaned.Append(' ').Append(rune).Append(' ');
            else
                cleaned.Append(rune);
        }
        return cleaned.ToString();
    }

    private static bool IsSpace(Rune rune) =>
        rune.Value is '\t' or '\n' or '\r' || Rune.GetUnicodeCategory(rune) == UnicodeCategory.SpaceSeparator;

    private static bool IsControl(Rune rune) =>
        rune.Value == 0xFFFD || Rune.GetUnicodeCategory(rune) is UnicodeCategory.Control or UnicodeCategory.Format
            or UnicodeCategory.PrivateUse or UnicodeCategory.Surrogate or UnicodeCategory.OtherNotAssigned;

    private static bool IsIdeograph(int code) =>
        code is (>= 0x4E00 and <= 0x9FFF) or (>= 0x3400 and <= 0x4DBF) or (>= 0x20000 and <= 0x2A6DF) or (>= 0x2A700 and <= 0x2B73F)
            or (>= 0x2B740 and <= 0x2B81F) or (>= 0x2B820 and <= 0x2CEAF) or (>= 0xF900 and <= 0xFAFF) or (>= 0x2F800 and <= 0x2FA1F);
}
