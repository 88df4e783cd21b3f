namespace Clip.Tokenization.PieceModels;

/// <summary>tiktoken's byte-pair encoding: the neighbors whose union is the token of the lowest rank are merged first, and of equals the leftmost; ranks are ids.</summary>
/// <remarks>Source: openai/tiktoken, src/lib.rs. Words are spelled in <see cref="BytePairs.ByteAlphabet"/>, a character a byte.</remarks>
internal sealed class RankedPairModel : PieceModel
{
    private readonly Dictionary<string, int>.AlternateLookup<ReadOnlySpan<char>> _ids;
    private readonly int _longest;

    /// <summary>Creates the model.</summary>
    /// <param name="ids">The tokens with their ranks, among them all single bytes.</param>
    public RankedPairModel(Dictionary<string, int> ids)
    {
        _ids = ids.GetAlternateLookup<ReadOnlySpan<char>>();
        _longest = ids.Keys.Max(token => token.Length);
    }

    public override void Encode(ReadOnlySpan<char> word, ref WordTokens tokens)
    {
        if (word.Length <= _longest && _ids.TryGetValue(word, out var whole))
        {
            tokens.Add(whole, 0);
            return;
        }
        var symbols = SymbolList.Rent();
        for (var i = 0; i < word.Length; i++)
            symbols.Add(i, 1, _ids[word.Slice(i, 1)]);
        symbols.Merge(word, new Rule(_ids, _longest));
        foreach (var symbol in symbols.Symbols)
        {
            if (symbol.Length > 0)
                tokens.Add(symbol.Id, symbol.Start);
        }
        symbols.Return();
    }

    private readonly struct Rule(Dictionary<string, int>.AlternateLookup<ReadOnlySpan<char>> ids, int longest) : IMergeRule
    {
        public bool TryMerge(ReadOnlySpan<char> word, in Symbol left, in Symbol right, out int rank, out int id)
        {
            (rank, id) = (0, Symbol.None);
            if (left.Length + right.Length > longest || !ids.TryGetValue(word.Slice(left.Start, left.Length + right.Length), out id))
                return false;
            rank = id;
            return true;
        }
    }
}
