namespace Clip.Shared.Search;

/// <summary>A row and how close it is to a query.</summary>
/// <param name="Closeness">Higher is closer.</param>
/// <param name="Row">Its place.</param>
internal readonly record struct ScoredRow(float Closeness, long Row) : IComparable<ScoredRow>
{
    /// <summary>The closer one first; of equal ones the earlier; NaN last.</summary>
    /// <param name="other">Another row.</param>
    public int CompareTo(ScoredRow other)
    {
        // float.CompareTo puts NaN below all numbers.
        var order = other.Closeness.CompareTo(Closeness);
        return order != 0 ? order : Row.CompareTo(other.Row);
    }
}
