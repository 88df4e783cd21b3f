namespace Clip.Tokenization.BytePairs;

/// <summary>Merges a long word in time that hardly grows faster than its length.</summary>
internal static class LongWord
{
    private const int None = -1;

    /// <summary>Appends the tokens of a word.</summary>
    /// <param name="ids">The token of each of its bytes; overwritten.</param>
    /// <param name="start">Where the word starts in the text.</param>
    /// <param name="merges">The merges.</param>
    /// <param name="target">What the tokens are appended to.</param>
    public static void Merge(int[] ids, int start, MergeTable merges, TokenBuffer target)
    {
        // Tokens are a linked list: each stands at the place of its first byte.
        var next = new int[ids.Length];
        var previous = new int[ids.Length];
        var queue = new PriorityQueue<Pair, (int Rank, int Place)>(ids.Length);
        for (var i = 0; i < ids.Length; i++)
        {
            next[i] = i + 1 < ids.Length ? i + 1 : None;
            previous[i] = i - 1;
        }
        for (var i = 0; i + 1 < ids.Length; i++)
            Enqueue(i);

        var changed = new List<int>();
        while (queue.TryDequeue(out var pair, out var priority))
        {
            TryMerge(pair);
            // All pairs of a rank go before any pair that they give rise to.
            if (queue.TryPeek(out _, out var following) && following.Rank == priority.Rank)
                continue;
            foreach (var place in changed)
            {
                if (ids[place] == None)
                    continue;
                if (previous[place] != None)
                    Enqueue(previous[place]);
                Enqueue(place);
            }
            changed.Clear();
        }

        for (var i = 0; i != None; i = next[i])
            target.Add(ids[i], start + i);

        void Enqueue(int place)
        {
            if (next[place] == None)
                return;
            var rank = merges.Rank(ids[place], ids[next[place]]);
            if (rank != MergeTable.Never)
                queue.Enqueue(new Pair(place, ids[place], ids[next[place]]), (rank, place));
        }

        void TryMerge(Pair pair)
        {
            var second = next[pair.Place];
            if (ids[pair.Place] != pair.Left || second == None || ids[second] != pair.Right)
                return;
            ids[pair.Place] = merges.Merged(pair.Left, pair.Right);
            ids[second] = None;
            next[pair.Place] = next[second];
            if (next[second] != None)
                previous[next[second]] = pair.Place;
            next[second] = None;
            changed.Add(pair.Place);
        }
    }

    private readonly record struct Pair(int Place, int Left, int Right);
}
