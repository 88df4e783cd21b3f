using System.Runtime.InteropServices;
using System.Text;

namespace Clip.Tokenization.BytePairs;

/// <summary>Merges the most frequent pair of neighboring tokens, one at a time, in words that have a count.</summary>
/// <remarks>
/// Each pair knows the words it occurs in, so that a merge touches only these. The queue holds a pair once for each count it ever
/// had; entries whose count is no longer true are dropped when they come up.
/// </remarks>
internal sealed class MergeLearner
{
    /// <summary>Tokens that are there from the start: each byte within a word, and each at the end of one.</summary>
    public const int ByteTokens = 512;

    private readonly List<string> _tokens = new(ByteTokens);
    private readonly Dictionary<string, int> _ids = new(StringComparer.Ordinal);
    private readonly List<(string Left, string Right)> _merges = [];
    private readonly int[][] _words;
    private readonly long[] _counts;
    private readonly Dictionary<(int Left, int Right), Pair> _pairs = [];
    private readonly PriorityQueue<(int Left, int Right), (long NegativeCount, int Left, int Right)> _queue = new();

    /// <summary>Starts from single bytes.</summary>
    /// <param name="words">Words and how often they occur.</param>
    public MergeLearner(IReadOnlyCollection<KeyValuePair<string, long>> words)
    {
        var places = new int[256];
        for (var place = 0; place < 256; place++)
        {
            places[ByteAlphabet.Order[place]] = place;
            AddToken(ByteAlphabet.Characters[ByteAlphabet.Order[place]].ToString());
        }
        for (var place = 0; place < 256; place++)
            AddToken(_tokens[place] + ByteAlphabet.EndOfWord);

        _words = new int[words.Count][];
        _counts = new long[words.Count];
        var index = 0;
        foreach (var (word, count) in words)
        {
            var ids = Encoding.UTF8.GetBytes(word).Select(value => places[value]).ToArray();
            ids[^1] += 256;
            (_words[index], _counts[index]) = (ids, count);
            CountPairs(index, sign: 1);
            index++;
        }
        foreach (var (pair, found) in _pairs)
            Enqueue(pair, found.Count);
    }

    /// <summary>The tokens by id.</summary>
    public IReadOnlyList<string> Tokens => _tokens;

    /// <summary>What was merged, in order.</summary>
    public IReadOnlyList<(string Left, string Right)> Merges => _merges;

    /// <summary>Merges the most frequent pair everywhere.</summary>
    /// <param name="minCount">What it has to occur at least.</param>
    /// <returns>Whether there was one.</returns>
    public bool TryMerge(long minCount)
    {
        while (_queue.TryDequeue(out var pair, out var priority))
        {
            if (!_pairs.TryGetValue(pair, out var found) || found.Count != -priority.NegativeCount)
                continue;
            if (found.Count < minCount)
                return false;
            Merge(pair, found);
            return true;
        }
        return false;
    }

    private void Merge((int Left, int Right) pair, Pair found)
    {
        var (left, right) = (_tokens[pair.Left], _tokens[pair.Right]);
        _merges.Add((left, right));
        // Two merges can make the same token: a + bc and ab + c.
        if (!_ids.TryGetValue(left + right, out var merged))
            merged = AddToken(left + right);

        var changed = new HashSet<(int, int)>();
        foreach (var word in found.Words)
        {
            CountPairs(word, sign: -1, changed);
            _words[word] = Replace(_words[word], pair, merged);
            CountPairs(word, sign: 1, changed);
        }
        _pairs.Remove(pair);
        foreach (var other in changed)
        {
            if (_pairs.TryGetValue(other, out var entry))
            {
                if (entry.Count > 0)
                    Enqueue(other, entry.Count);
                else
                    _pairs.Remove(other);
            }
        }
    }

    private void CountPairs(int word, int sign, HashSet<(int, int)>? changed = null)
    {
        var ids = _words[word];
        for (var i = 0; i + 1 < ids.Length; i++)
        {
            var key = (ids[i], ids[i + 1]);
            ref var pair = ref CollectionsMarshal.GetValueRefOrAddDefault(_pairs, key, out _);
            pair ??= new Pair();
            pair.Count += sign * _counts[word];
            if (sign > 0)
                pair.Words.Add(word);
            changed?.Add(key);
        }
    }

    private static int[] Replace(int[] ids, (int Left, int Right) pair, int merged)
    {
        var replaced = new List<int>(ids.Length);
        for (var i = 0; i < ids.Length; i++)
        {
            if (i + 1 < ids.Length && ids[i] == pair.Left && ids[i + 1] == pair.Right)
            {
                replaced.Add(merged);
                i++;
            }
            else
            {
                replaced.Add(ids[i]);
            }
        }
        return [.. replaced];
    }

    private int AddToken(string token)
    {
        _ids.Add(token, _tokens.Count);
        _tokens.Add(token);
        return _tokens.Count - 1;
    }

    private void Enqueue((int Left, int Right) pair, long count) => _queue.Enqueue(pair, (-count, pair.Left, pair.Right));

    /// <summary>How often a pair occurs, and the words it was ever in: a word that lost it costs a look and changes nothing.</summary>
    private sealed class Pair
    {
        public long Count { get; set; }

        public HashSet<int> Words { get; } = [];
    }
}
