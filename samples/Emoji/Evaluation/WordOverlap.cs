using Emoji.Words;

namespace Emoji.Evaluation;

/// <summary>What one gets from letters: an emoji fits a keyword as far as its name and the keywords that training shows share words with it.</summary>
/// <remarks>It is told which emoji an image is, and never sees the image.</remarks>
internal static class WordOverlap
{
    private const int Letters = 3;

    /// <summary>Compares keywords with what training shows of the emoji in the same language.</summary>
    /// <param name="keywords">The keywords.</param>
    /// <param name="texts">Name and keywords of each emoji.</param>
    /// <param name="byLetters">Whether runs of three letters are compared rather than words.</param>
    /// <returns>How much of each keyword is in the best text of each emoji, [N, M], from 0 to 1.</returns>
    public static Tensor Compare(IReadOnlyList<string> keywords, IReadOnlyList<IReadOnlyList<string>> texts, bool byLetters)
    {
        Func<string, HashSet<string>> divide = byLetters ? Runs : text => [.. Phrases.Words(text)];
        var known = texts.Select(emoji => emoji.Select(divide).ToList()).ToList();
        var scores = new float[keywords.Count, texts.Count];
        Parallel.For(0, keywords.Count, row =>
        {
            var parts = divide(keywords[row]);
            for (var column = 0; column < known.Count; column++)
                scores[row, column] = known[column].Max(text => Jaccard(parts, text));
        });
        return tensor(scores);
    }

    private static float Jaccard(HashSet<string> one, HashSet<string> other)
    {
        var common = one.Count(other.Contains);
        return common == 0 ? 0 : common / (float)(one.Count + other.Count - common);
    }

    private static HashSet<string> Runs(string text)
    {
        var padded = $" {Phrases.Normalize(text)} ";
        return [.. Enumerable.Range(0, Math.Max(1, padded.Length - Letters + 1)).Select(start => padded.Substring(start, Math.Min(Letters, padded.Length - start)))];
    }
}
