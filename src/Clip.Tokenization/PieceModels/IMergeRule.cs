namespace Clip.Tokenization.PieceModels;

/// <summary>Says which neighbors become one piece.</summary>
internal interface IMergeRule
{
    /// <summary>Finds what two neighbors become.</summary>
    /// <param name="word">The word.</param>
    /// <param name="left">The first one.</param>
    /// <param name="right">The one behind it.</param>
    /// <param name="rank">The lowest is merged first; of equal ranks the leftmost.</param>
    /// <param name="id">The id of the whole.</param>
    bool TryMerge(ReadOnlySpan<char> word, in Symbol left, in Symbol right, out int rank, out int id);
}
