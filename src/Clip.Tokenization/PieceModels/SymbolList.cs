namespace Clip.Tokenization.PieceModels;

/// <summary>The pieces of a word, merged in time that hardly grows faster than their number.</summary>
internal sealed class SymbolList
{
    private const int MostKept = 1 << 16;

    [ThreadStatic]
    private static SymbolList? s_idle;

    private readonly PriorityQueue<(int Left, int Length, int Id), long> _queue = new();
    private Symbol[] _symbols = new Symbol[128];

    /// <summary>Number of pieces, merged ones counted too.</summary>
    public int Count { get; private set; }

    /// <summary>The pieces; those of no length have been merged.</summary>
    public ReadOnlySpan<Symbol> Symbols => _symbols.AsSpan(0, Count);

    /// <summary>Takes the thread's list, which <see cref="Return"/> gives back.</summary>
    public static SymbolList Rent()
    {
        var list = s_idle ?? new SymbolList();
        s_idle = null;
        list.Count = 0;
        list._queue.Clear();
        return list;
    }

    /// <summary>Gives the list back to its thread, unless a long word has made it large.</summary>
    public void Return()
    {
        if (_symbols.Length <= MostKept)
            s_idle = this;
    }

    /// <summary>Appends a piece.</summary>
    public void Add(int start, int length, int id, bool isFixed = false)
    {
        if (Count == _symbols.Length)
            Array.Resize(ref _symbols, 2 * Count);
        _symbols[Count] = new Symbol { Start = start, Length = length, Id = id, IsFixed = isFixed, Previous = Count - 1, Next = Count + 1 };
        Count++;
    }

    /// <summary>Lets the last piece go on for so many characters more.</summary>
    public void Extend(int length) => _symbols[Count - 1].Length += length;

    /// <summary>Merges neighbors until no rule applies.</summary>
    public void Merge<TRule>(ReadOnlySpan<char> word, in TRule rule)
        where TRule : struct, IMergeRule
    {
        if (Count == 0)
            return;
        _symbols[Count - 1].Next = Symbol.None;
        for (var left = 0; left + 1 < Count; left++)
            Enqueue(word, rule, left);
        while (_queue.TryDequeue(out var merge, out _))
        {
            ref var left = ref _symbols[merge.Left];
            // What has changed since has another length.
            if (left.Length == 0 || left.Next == Symbol.None || left.Length + _symbols[left.Next].Length != merge.Length)
                continue;
            ref var right = ref _symbols[left.Next];
            left.Id = merge.Id;
            left.Length = merge.Length;
            left.Next = right.Next;
            right.Length = 0;
            if (left.Next != Symbol.None)
            {
                _symbols[left.Next].Previous = merge.Left;
                Enqueue(word, rule, merge.Left);
            }
            if (left.Previous != Symbol.None)
                Enqueue(word, rule, left.Previous);
        }
    }

    private void Enqueue<TRule>(ReadOnlySpan<char> word, in TRule rule, int index)
        where TRule : struct, IMergeRule
    {
        ref var left = ref _symbols[index];
        ref var right = ref _symbols[left.Next];
        if (!left.IsFixed && !right.IsFixed && rule.TryMerge(word, left, right, out var rank, out var id))
            _queue.Enqueue((index, left.Length + right.Length, id), ((long)rank << 32) | (uint)index);
    }
}
