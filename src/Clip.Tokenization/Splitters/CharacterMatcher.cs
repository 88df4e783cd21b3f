using System.Text;

namespace Clip.Tokenization.Splitters;

/// <summary>Finds single characters of a kind, or runs of them.</summary>
internal sealed class CharacterMatcher(Func<Rune, bool> isMatch, bool runs) : TextMatcher
{
    public override bool TryNext(ReadOnlySpan<char> text, ref int start, out int end)
    {
        for (end = start; start < text.Length; start = end)
        {
            if (!MatchesAt(text, start, out end))
                continue;
            while (runs && end < text.Length && MatchesAt(text, end, out var next))
                end = next;
            return true;
        }
        return false;
    }

    private bool MatchesAt(ReadOnlySpan<char> text, int start, out int end)
    {
        Rune.DecodeFromUtf16(text[start..], out var rune, out var length);
        end = start + length;
        return isMatch(rune);
    }
}
