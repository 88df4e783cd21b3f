using System.Numerics;

namespace Clip.Tokenization.BytePairs;

/// <summary>Which two tokens become which third, and which pairs go first.</summary>
/// <remarks>Hashed by multiplication: .NET's hash of two numbers in a long is their exclusive or, which few pairs do not share.</remarks>
internal sealed class MergeTable
{
    /// <summary>The rank of a pair that is never merged.</summary>
    public const int Never = int.MaxValue;

    private const ulong Multiplier = 0x9E3779B97F4A7C15;    // 2^64 / golden ratio: Fibonacci hashing, Knuth 1973

    private readonly Entry[] _entries;
    private readonly int _shift;

    /// <summary>Creates a table from distinct pairs in the order of their rank.</summary>
    public MergeTable(IReadOnlyList<(int Left, int Right, int Merged)> merges)
    {
        var capacity = BitOperations.RoundUpToPowerOf2((uint)Math.Max(16, merges.Count * 2));
        _shift = 64 - BitOperations.Log2(capacity);
        _entries = new Entry[capacity];
        Array.Fill(_entries, new Entry(-1, -1, Never, -1));
        for (var rank = 0; rank < merges.Count; rank++)
        {
            var (left, right, merged) = merges[rank];
            Find(left, right) = new Entry(left, right, rank, merged);
        }
    }

    /// <summary>The rank of a pair: the lowest is merged first.</summary>
    public int Rank(int left, int right) => Find(left, right).Rank;

    /// <summary>What a pair that has a rank becomes.</summary>
    public int Merged(int left, int right) => Find(left, right).Merged;

    // The entry of a pair, or the empty one where it would be.
    private ref Entry Find(int left, int right)
    {
        var slot = (int)(((((ulong)(uint)left << 32) | (uint)right) * Multiplier) >> _shift);
        while (true)
        {
            ref var entry = ref _entries[slot];
            if ((entry.Left == left && entry.Right == right) || entry.Left < 0)
                return ref entry;
            slot = (slot + 1) & (_entries.Length - 1);
        }
    }

    private readonly record struct Entry(int Left, int Right, int Rank, int Merged);
}
