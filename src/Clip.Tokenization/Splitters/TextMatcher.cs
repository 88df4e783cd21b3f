namespace Clip.Tokenization.Splitters;

/// <summary>Finds what text is split at.</summary>
internal abstract class TextMatcher
{
    /// <summary>Finds the next match, which is not empty.</summary>
    /// <param name="text">The text.</param>
    /// <param name="start">Where to look from; where the match starts.</param>
    /// <param name="end">Where the match ends.</param>
    /// <returns>Whether there is one.</returns>
    public abstract bool TryNext(ReadOnlySpan<char> text, ref int start, out int end);
}
