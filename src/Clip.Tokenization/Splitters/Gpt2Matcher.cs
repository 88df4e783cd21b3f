using System.Text;
using Clip.Tokenization.Strings;

namespace Clip.Tokenization.Splitters;

/// <summary>GPT-2's words: contractions, and runs of letters, of numbers and of all else with the space before them, and white space.</summary>
/// <remarks>Source: Radford et al. 2019; the pattern <see cref="Pattern"/>, with characters beyond U+FFFF as one each.</remarks>
internal sealed class Gpt2Matcher : TextMatcher
{
    /// <summary>The pattern, as tokenizer.json spells it.</summary>
    public const string Pattern = @"'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+";

    private static readonly string[] Contractions = ["'s", "'t", "'re", "'ve", "'m", "'ll", "'d"];

    private enum Kind
    {
        None,
        Space,
        Letter,
        Number,
        Other,
    }

    public override bool TryNext(ReadOnlySpan<char> text, ref int start, out int end)
    {
        end = start;
        if (start >= text.Length)
            return false;
        foreach (var contraction in Contractions)
        {
            if (text[start..].StartsWith(contraction, StringComparison.Ordinal))
            {
                end = start + contraction.Length;
                return true;
            }
        }
        var kind = KindAt(text, start, out var length);
        end = start + length;
        if (kind == Kind.Space)
        {
            var following = text[start] == ' ' ? KindAt(text, end, out length) : Kind.Space;
            if (following is Kind.Space or Kind.None)
            {
                end = EndOfSpaces(text, start);
                return true;
            }
            kind = following;
            end += length;
        }
        while (KindAt(text, end, out length) == kind)
            end += length;
        return true;
    }

    // The last of several spaces belongs to the word behind them.
    private static int EndOfSpaces(ReadOnlySpan<char> text, int start)
    {
        var end = start;
        while (KindAt(text, end, out var length) == Kind.Space)
            end += length;
        return end < text.Length && end - start > 1 ? end - 1 : end;
    }

    private static Kind KindAt(ReadOnlySpan<char> text, int index, out int length)
    {
        length = 0;
        if (index >= text.Length)
            return Kind.None;
        Rune.DecodeFromUtf16(text[index..], out var rune, out length);
        if (PythonText.IsLetter(rune))
            return Kind.Letter;
        if (PythonText.IsNumber(rune))
            return Kind.Number;
        return Rune.IsWhiteSpace(rune) ? Kind.Space : Kind.Other;
    }
}
