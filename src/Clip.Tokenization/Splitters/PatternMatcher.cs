using System.Text.RegularExpressions;

namespace Clip.Tokenization.Splitters;

/// <summary>Finds a regular expression without backtracking, in time that grows with the text alone.</summary>
internal sealed class PatternMatcher(Regex pattern) : TextMatcher
{
    public override bool TryNext(ReadOnlySpan<char> text, ref int start, out int end)
    {
        foreach (var match in pattern.EnumerateMatches(text, start))
        {
            if (match.Length == 0)
                continue;
            start = match.Index;
            end = match.Index + match.Length;
            return true;
        }
        end = start;
        return false;
    }
}
