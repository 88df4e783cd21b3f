using System.Text;

namespace Clip.Tokenization.PieceModels;

/// <summary>WordPiece: the longest piece first, then the longest that continues it; a word that has no such pieces is unknown.</summary>
/// <remarks>Source: google-research/bert, tokenization.py, WordpieceTokenizer.</remarks>
internal sealed class WordPieceModel : PieceModel
{
    private readonly PieceTrie _first;
    private readonly PieceTrie _continuing;
    private readonly int _unknownId;
    private readonly int _longestWord;

    /// <summary>Creates the model.</summary>
    /// <param name="ids">Ids by piece.</param>
    /// <param name="prefix">What marks a piece that continues a word.</param>
    /// <param name="unknownId">The token of a word without pieces.</param>
    /// <param name="longestWord">Characters of the longest word that is looked at.</param>
    public WordPieceModel(IReadOnlyDictionary<string, int> ids, string prefix, int unknownId, int longestWord)
    {
        _unknownId = unknownId;
        _longestWord = longestWord;
        _first = new PieceTrie(ids.Where(piece => piece.Key.Length > 0).Select(piece => (piece.Key, piece.Value)));
        _continuing = new PieceTrie(ids.Where(piece => piece.Key.Length > prefix.Length && piece.Key.StartsWith(prefix, StringComparison.Ordinal))
            .Select(piece => (piece.Key[prefix.Length..], piece.Value)));
    }

    public override void Encode(ReadOnlySpan<char> word, ref WordTokens tokens)
    {
        if (word.Length > _longestWord && CountCharacters(word) > _longestWord)
        {
            tokens.Add(_unknownId, 0);
            return;
        }
        Span<(int Id, int Start)> pieces = stackalloc (int, int)[Math.Min(word.Length, 2 * _longestWord)];
        var count = 0;
        for (var start = 0; start < word.Length;)
        {
            var length = (start == 0 ? _first : _continuing).FindLongest(word[start..], out var id);
            if (length == 0)
            {
                tokens.Add(_unknownId, 0);
                return;
            }
            pieces[count++] = (id, start);
            start += length;
        }
        foreach (var (id, start) in pieces[..count])
            tokens.Add(id, start);
    }

    private static int CountCharacters(ReadOnlySpan<char> word)
    {
        var count = 0;
        foreach (var _ in word.EnumerateRunes())
            count++;
        return count;
    }
}
