namespace Clip.Models;

/// <summary>Cuts a batch into parts of nearly the same size.</summary>
internal static class EvenParts
{
    /// <summary>Cuts a batch.</summary>
    /// <param name="total">Its size, at least 1.</param>
    /// <param name="most">The largest size of a part, at least 1.</param>
    public static IEnumerable<(long First, long Count)> Of(long total, long most)
    {
        var parts = (total + most - 1) / most;
        for (var i = 0L; i < parts; i++)
        {
            var first = total * i / parts;
            yield return (first, total * (i + 1) / parts - first);
        }
    }
}
