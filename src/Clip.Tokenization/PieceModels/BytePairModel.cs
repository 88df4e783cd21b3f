using Clip.Tokenization.BytePairs;

namespace Clip.Tokenization.PieceModels;

/// <summary>Byte-pair encoding by a list of merges: the pair that stands first in the list is merged first, and of its places the leftmost.</summary>
/// <remarks>Source: Sennrich et al. 2016, with the options of Hugging Face's BPE model.</remarks>
internal sealed class BytePairModel(IReadOnlyDictionary<string, int> ids, MergeTable merges) : PieceModel
{
    private readonly Dictionary<string, int>.AlternateLookup<ReadOnlySpan<char>> _ids = ((Dictionary<string, int>)ids).GetAlternateLookup<ReadOnlySpan<char>>();

    /// <summary>What spells characters that are no token; null for none.</summary>
    public ByteFallback? Bytes { get; init; }

    /// <summary>The token of characters that are none; null where they are left out.</summary>
    public int? UnknownId { get; init; }

    /// <summary>Whether unknown characters in a row are one token.</summary>
    public bool FuseUnknown { get; init; }

    /// <summary>Whether a word that is a token is not merged.</summary>
    public bool PreferWords { get; init; }

    /// <summary>What stands before a piece that does not start a word; empty for nothing.</summary>
    public string ContinuingPrefix { get; init; } = "";

    /// <summary>What stands behind a piece that ends a word; empty for nothing.</summary>
    public string WordSuffix { get; init; } = "";

    public override void Encode(ReadOnlySpan<char> word, ref WordTokens tokens)
    {
        if (PreferWords && _ids.TryGetValue(word, out var whole))
        {
            tokens.Add(whole, 0);
            return;
        }
        var symbols = SymbolList.Rent();
        AddCharacters(word, symbols);
        symbols.Merge(word, new Rule(merges));
        foreach (var symbol in symbols.Symbols)
        {
            if (symbol.Length == 0)
                continue;
            if (symbol.Id != Symbol.None)
                tokens.Add(symbol.Id, symbol.Start);
            else
                Bytes?.Add(symbol.In(word), symbol.Start, ref tokens);
        }
        symbols.Return();
    }

    private void AddCharacters(ReadOnlySpan<char> word, SymbolList symbols)
    {
        var afterUnknown = false;
        for (int start = 0, length; start < word.Length; start += length)
        {
            length = char.IsHighSurrogate(word[start]) && start + 1 < word.Length ? 2 : 1;
            var isUnknown = !TryFind(word, start, length, out var id);
            if (!isUnknown)
                symbols.Add(start, length, id);
            else if (Bytes is not null)
                symbols.Add(start, length, Symbol.None, isFixed: true);
            else if (UnknownId is { } unknown && !(FuseUnknown && afterUnknown))
                symbols.Add(start, length, unknown);
            else if (UnknownId is not null)
                symbols.Extend(length);
            afterUnknown = isUnknown && Bytes is null;
        }
    }

    private bool TryFind(ReadOnlySpan<char> word, int start, int length, out int id)
    {
        var character = word.Slice(start, length);
        var prefix = start > 0 ? ContinuingPrefix : "";
        var suffix = start + length == word.Length ? WordSuffix : "";
        return prefix.Length + suffix.Length == 0
            ? _ids.TryGetValue(character, out id)
            : _ids.TryGetValue(string.Concat(prefix, character, suffix), out id);
    }

    private readonly struct Rule(MergeTable merges) : IMergeRule
    {
        public bool TryMerge(ReadOnlySpan<char> word, in Symbol left, in Symbol right, out int rank, out int id)
        {
            rank = merges.Rank(left.Id, right.Id);
            id = rank == MergeTable.Never ? Symbol.None : merges.Merged(left.Id, right.Id);
            return rank != MergeTable.Never;
        }
    }
}
