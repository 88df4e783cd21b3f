namespace Clip.Tokenization.BytePairs;

/// <summary>Which two tokens become which third, and which pairs go first.</summary>
internal sealed class MergeTable
{
    /// <summary>The rank of a pair that is never merged.</summary>
    public const int Never = int.MaxValue;

    private readonly Dictionary<long, Merge> _merges;

    /// <summary>Creates a table from pairs in the order of their rank.</summary>
    public MergeTable(IReadOnlyList<(int Left, int Right, int Merged)> merges)
    {
        _merges = new Dictionary<long, Merge>(merges.Count);
        foreach (var (left, right, merged) in merges)
            _merges.Add(Key(left, right), new Merge(_merges.Count, merged));
    }

    /// <summary>The rank of a pair: the lowest is merged first.</summary>
    public int Rank(int left, int right) => _merges.TryGetValue(Key(left, right), out var merge) ? merge.Rank : Never;

    /// <summary>What a pair that has a rank becomes.</summary>
    public int Merged(int left, int right) => _merges[Key(left, right)].Id;

    private static long Key(int left, int right) => ((long)left << 32) | (uint)right;

    private readonly record struct Merge(int Rank, int Id);
}
