namespace Clip.Tokenization.BytePairs;

/// <summary>Merges the bytes of a word, pair by pair, into the tokens of the vocabulary.</summary>
internal sealed class BytePairEncoder
{
    // A word this long is merged on the stack in time that grows with the square of its length.
    private const int LongestOnStack = 64;

    private readonly int[] _bytes;
    private readonly int[] _lastBytes;
    private readonly MergeTable _merges;
    private readonly WordTable _words;

    /// <summary>Creates an encoder.</summary>
    /// <param name="bytes">The token of each byte.</param>
    /// <param name="lastBytes">The token of each byte at the end of a word.</param>
    /// <param name="merges">The merges.</param>
    /// <param name="words">The bytes of all tokens that end a word.</param>
    public BytePairEncoder(int[] bytes, int[] lastBytes, MergeTable merges, IEnumerable<byte[]> words)
    {
        (_bytes, _lastBytes, _merges) = (bytes, lastBytes, merges);
        _words = new WordTable([]);

        var buffer = new TokenBuffer();
        var whole = new List<(byte[], int)>();
        foreach (var word in words)
        {
            buffer.Clear();
            Merge(word, 0, buffer);
            if (buffer.Count == 1)
                whole.Add((word, buffer.Ids[0]));
        }
        _words = new WordTable(whole);
    }

    /// <summary>Appends the tokens of one word of the buffer's text.</summary>
    public void Encode(TokenBuffer buffer, int start, int end)
    {
        var whole = _words.Find(buffer.PaddedUtf8[start..], end - start);
        if (whole >= 0)
            buffer.Add(whole, start);
        else
            Merge(buffer.Utf8[start..end], start, buffer);
    }

    private void Merge(ReadOnlySpan<byte> word, int start, TokenBuffer target)
    {
        if (word.Length > LongestOnStack)
        {
            LongWord.Merge([.. Symbols(word, new int[word.Length])], start, _merges, target);
            return;
        }

        Span<int> ids = Symbols(word, stackalloc int[word.Length]);
        Span<int> starts = stackalloc int[word.Length];
        Span<int> ranks = stackalloc int[word.Length];
        for (var i = 0; i < word.Length; i++)
        {
            starts[i] = start + i;
            ranks[i] = i + 1 < word.Length ? _merges.Rank(ids[i], ids[i + 1]) : MergeTable.Never;
        }

        var count = word.Length;
        while (Lowest(ranks[..count]) is not MergeTable.Never and var rank)
            count = MergeAll(rank, ids[..count], starts, ranks);
        for (var i = 0; i < count; i++)
            target.Add(ids[i], starts[i]);
    }

    private Span<int> Symbols(ReadOnlySpan<byte> word, Span<int> ids)
    {
        for (var i = 0; i < word.Length; i++)
            ids[i] = _bytes[word[i]];
        ids[^1] = _lastBytes[word[^1]];
        return ids;
    }

    private static int Lowest(ReadOnlySpan<int> ranks)
    {
        var lowest = MergeTable.Never;
        foreach (var rank in ranks)
            lowest = Math.Min(lowest, rank);
        return lowest;
    }

    // Merges every pair of one rank from left to right; returns how many tokens remain.
    private int MergeAll(int rank, Span<int> ids, Span<int> starts, Span<int> ranks)
    {
        var merged = -1;
        var count = 0;
        for (var i = 0; i < ids.Length; i++, count++)
        {
            (var id, starts[count], ranks[count]) = (ids[i], starts[i], ranks[i]);
            if (ranks[i] == rank)
                id = merged = _merges.Merged(ids[i], ids[++i]);
            ids[count] = id;
        }
        for (var i = 0; i < count; i++)
        {
            if (i + 1 == count)
                ranks[i] = MergeTable.Never;
            else if (ids[i] == merged || ids[i + 1] == merged)
                ranks[i] = _merges.Rank(ids[i], ids[i + 1]);
        }
        return count;
    }
}
