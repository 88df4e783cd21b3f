namespace Clip.Tokenization.PieceModels;

/// <summary>Finds which pieces start at a place of a text.</summary>
/// <remarks>Nodes are numbered breadth first, so that the children of one lie side by side and those of the next behind them.</remarks>
internal sealed class PieceTrie
{
    /// <summary>The node to start from.</summary>
    public const int Root = 0;

    /// <summary>What stands for no node and no value.</summary>
    public const int None = -1;

    // Fewer labels than this are compared all at once.
    private const int MostCompared = 32;

    private readonly char[] _labels;
    private readonly int[] _values;
    private readonly int[] _firstChildren;
    private readonly int[] _rootChildren = new int[char.MaxValue + 1];

    /// <summary>Creates a trie of distinct pieces that are not empty.</summary>
    public PieceTrie(IEnumerable<(string Piece, int Value)> pieces)
    {
        var sorted = pieces.ToArray();
        Array.Sort(sorted, (first, second) => string.CompareOrdinal(first.Piece, second.Piece));
        var labels = new List<char> { '\0' };
        var values = new List<int>();
        var firstChildren = new List<int>();
        var ranges = new Queue<(int First, int End, int Depth)>();
        ranges.Enqueue((0, sorted.Length, 0));
        while (ranges.TryDequeue(out var range))
        {
            var (first, end, depth) = range;
            values.Add(first < end && sorted[first].Piece.Length == depth ? sorted[first++].Value : None);
            firstChildren.Add(labels.Count);
            while (first < end)
            {
                var label = sorted[first].Piece[depth];
                var next = first + 1;
                while (next < end && sorted[next].Piece[depth] == label)
                    next++;
                labels.Add(label);
                ranges.Enqueue((first, next, depth + 1));
                first = next;
            }
        }
        firstChildren.Add(labels.Count);
        _labels = [.. labels];
        _values = [.. values];
        _firstChildren = [.. firstChildren];

        Array.Fill(_rootChildren, None);
        for (var child = _firstChildren[Root]; child < _firstChildren[Root + 1]; child++)
            _rootChildren[_labels[child]] = child;
    }

    /// <summary>Whether a piece starts with the character.</summary>
    public bool StartsWith(char first) => _rootChildren[first] != None;

    /// <summary>The node that a character leads to, or <see cref="None"/>.</summary>
    public int Next(int node, char label)
    {
        if (node == Root)
            return _rootChildren[label];
        var first = _firstChildren[node];
        var labels = _labels.AsSpan(first, _firstChildren[node + 1] - first);
        var index = labels.Length <= MostCompared ? labels.IndexOf(label) : labels.BinarySearch(label);
        return index < 0 ? None : first + index;
    }

    /// <summary>The value of the piece that ends at a node, or <see cref="None"/>.</summary>
    public int Value(int node) => _values[node];

    /// <summary>Finds the longest piece that a text starts with.</summary>
    /// <param name="text">The text.</param>
    /// <param name="value">Its value.</param>
    /// <returns>Its length; 0 for none.</returns>
    public int FindLongest(ReadOnlySpan<char> text, out int value)
    {
        value = None;
        var longest = 0;
        var node = Root;
        for (var i = 0; i < text.Length; i++)
        {
            node = Next(node, text[i]);
            if (node == None)
                break;
            if (_values[node] == None)
                continue;
            value = _values[node];
            longest = i + 1;
        }
        return longest;
    }
}
