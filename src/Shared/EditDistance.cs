namespace Clip.Shared;

/// <summary>How far two spellings are apart.</summary>
internal static class EditDistance
{
    /// <summary>The fewest characters to insert, remove or replace that make one text the other, whatever their case (Levenshtein 1966).</summary>
    /// <param name="left">One text.</param>
    /// <param name="right">The other.</param>
    public static int Between(string left, string right)
    {
        var distances = new int[right.Length + 1];
        for (var j = 0; j <= right.Length; j++)
            distances[j] = j;
        for (var i = 1; i <= left.Length; i++)
        {
            var diagonal = distances[0];
            distances[0] = i;
            for (var j = 1; j <= right.Length; j++)
            {
                var replaced = diagonal + (char.ToLowerInvariant(left[i - 1]) == char.ToLowerInvariant(right[j - 1]) ? 0 : 1);
                diagonal = distances[j];
                distances[j] = Math.Min(replaced, Math.Min(distances[j], distances[j - 1]) + 1);
            }
        }
        return distances[right.Length];
    }
}
