namespace Clip.Tokenization.Splitters;

/// <summary>What becomes of the matches that text is split at.</summary>
internal enum MatchBehavior
{
    /// <summary>They are left out.</summary>
    Removed,

    /// <summary>Each is a word.</summary>
    Isolated,

    /// <summary>Each ends the word before it.</summary>
    MergedWithPrevious,

    /// <summary>Each starts the word after it.</summary>
    MergedWithNext,

    /// <summary>Those in a row are one word.</summary>
    Contiguous,
}
