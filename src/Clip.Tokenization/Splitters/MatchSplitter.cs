namespace Clip.Tokenization.Splitters;

/// <summary>Splits at matches.</summary>
/// <param name="matcher">Finds them.</param>
/// <param name="behavior">What becomes of them.</param>
/// <param name="invert">Whether what lies between the matches counts as the matches.</param>
internal sealed class MatchSplitter(TextMatcher matcher, MatchBehavior behavior, bool invert) : WordSplitter
{
    public override void Split(in TextSlice slice, List<TextSlice> words)
    {
        var parts = FindParts(slice.Span);
        switch (behavior)
        {
            case MatchBehavior.Removed:
                parts.RemoveAll(part => part.IsMatch);
                break;
            case MatchBehavior.Contiguous:
                Merge(parts, (before, part) => before.IsMatch == part.IsMatch);
                break;
            case MatchBehavior.MergedWithPrevious:
                MergeWithPrevious(parts);
                break;
            case MatchBehavior.MergedWithNext:
                Merge(parts, (before, part) => before is { IsMatch: true, IsMerged: false } && !part.IsMatch);
                break;
        }
        foreach (var part in parts)
        {
            if (part.Length > 0)
                words.Add(slice.Part(part.Start, part.Length));
        }
    }

    private List<Part> FindParts(ReadOnlySpan<char> text)
    {
        var parts = new List<Part>();
        var done = 0;
        for (var start = 0; matcher.TryNext(text, ref start, out var end); start = end)
        {
            if (start > done)
                parts.Add(new Part(done, start - done, invert));
            parts.Add(new Part(start, end - start, !invert));
            done = end;
        }
        if (done < text.Length)
            parts.Add(new Part(done, text.Length - done, invert));
        return parts;
    }

    // Only one match joins the word before it; a second one in a row stands alone.
    private static void MergeWithPrevious(List<Part> parts)
    {
        var count = 0;
        var afterMatch = false;
        for (var i = 0; i < parts.Count; i++)
        {
            var part = parts[i];
            if (part.IsMatch && !afterMatch && count > 0)
                parts[count - 1] = parts[count - 1] with { Length = parts[count - 1].Length + part.Length };
            else
                parts[count++] = part;
            afterMatch = part.IsMatch;
        }
        parts.RemoveRange(count, parts.Count - count);
    }

    private static void Merge(List<Part> parts, Func<Part, Part, bool> belongTogether)
    {
        var count = 0;
        for (var i = 0; i < parts.Count; i++)
        {
            if (count > 0 && belongTogether(parts[count - 1], parts[i]))
                parts[count - 1] = parts[count - 1] with { Length = parts[count - 1].Length + parts[i].Length, IsMerged = true };
            else
                parts[count++] = parts[i];
        }
        parts.RemoveRange(count, parts.Count - count);
    }

    private readonly record struct Part(int Start, int Length, bool IsMatch, bool IsMerged = false);
}
