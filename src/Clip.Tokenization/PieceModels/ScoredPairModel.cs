namespace Clip.Tokenization.PieceModels;

/// <summary>SentencePiece's byte-pair encoding: the neighbors whose union has the highest score are merged first, and of equals the leftmost.</summary>
/// <remarks>Source: google/sentencepiece, bpe_model.cc.</remarks>
internal sealed class ScoredPairModel : PieceModel
{
    private readonly Dictionary<string, int>.AlternateLookup<ReadOnlySpan<char>> _ids;
    private readonly int[] _ranks;
    private readonly PieceTrie _userDefined;
    private readonly int _unknownId;
    private readonly ByteFallback? _bytes;

    /// <summary>Creates the model.</summary>
    /// <param name="pieces">The pieces that texts are cut into, with their ids; distinct and not empty.</param>
    /// <param name="scores">The score of each id.</param>
    /// <param name="userDefined">Pieces that are never cut or merged, wherever they stand.</param>
    /// <param name="unknownId">The token of what is no piece.</param>
    /// <param name="bytes">What spells such characters instead; null for none.</param>
    public ScoredPairModel(
        IReadOnlyList<(string Piece, int Id)> pieces, double[] scores, IReadOnlyList<(string Piece, int Id)> userDefined, int unknownId, ByteFallback? bytes)
    {
        _ids = pieces.ToDictionary(piece => piece.Piece, piece => piece.Id, StringComparer.Ordinal).GetAlternateLookup<ReadOnlySpan<char>>();
        _ranks = Rank(scores);
        _userDefined = new PieceTrie(userDefined);
        _unknownId = unknownId;
        _bytes = bytes;
    }

    public override void Encode(ReadOnlySpan<char> word, ref WordTokens tokens)
    {
        var symbols = SymbolList.Rent();
        for (int start = 0, length; start < word.Length; start += length)
        {
            length = _userDefined.FindLongest(word[start..], out var id);
            if (length > 0)
            {
                symbols.Add(start, length, id, isFixed: true);
                continue;
            }
            length = char.IsHighSurrogate(word[start]) && start + 1 < word.Length ? 2 : 1;
            symbols.Add(start, length, _ids.TryGetValue(word.Slice(start, length), out id) ? id : Symbol.None);
        }
        symbols.Merge(word, new Rule(_ids, _ranks));

        var afterUnknown = false;
        foreach (var symbol in symbols.Symbols)
        {
            if (symbol.Length == 0)
                continue;
            var isUnknown = symbol.Id == Symbol.None;
            if (isUnknown && _bytes is not null)
                _bytes.Add(symbol.In(word), symbol.Start, ref tokens);
            else if (!isUnknown || !afterUnknown)
                tokens.Add(isUnknown ? _unknownId : symbol.Id, symbol.Start);
            afterUnknown = isUnknown;
        }
        symbols.Return();
    }

    // Ids of the same score have the same rank.
    private static int[] Rank(double[] scores)
    {
        var ranks = new int[scores.Length];
        var order = Enumerable.Range(0, scores.Length).OrderByDescending(id => scores[id]).ToArray();
        for (var i = 1; i < order.Length; i++)
            ranks[order[i]] = scores[order[i]] == scores[order[i - 1]] ? ranks[order[i - 1]] : i;
        return ranks;
    }

    private readonly struct Rule(Dictionary<string, int>.AlternateLookup<ReadOnlySpan<char>> ids, int[] ranks) : IMergeRule
    {
        public bool TryMerge(ReadOnlySpan<char> word, in Symbol left, in Symbol right, out int rank, out int id)
        {
            var found = ids.TryGetValue(word.Slice(left.Start, left.Length + right.Length), out id);
            rank = found ? ranks[id] : 0;
            return found;
        }
    }
}
