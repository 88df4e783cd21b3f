using Training.Shared;

namespace Emoji.Training;

/// <summary>An order of the emoji in which no batch has one twice, and in which some that are alike come together.</summary>
internal static class RoundOrder
{
    /// <summary>Orders the emoji.</summary>
    /// <param name="codes">The emoji.</param>
    /// <param name="kinds">What kind each is of; those of a kind are alike.</param>
    /// <param name="together">How many of a kind come together; 1 for a purely random order.</param>
    /// <param name="random">Decides.</param>
    /// <returns>All emoji, each once.</returns>
    public static List<string> Shuffle(IReadOnlyList<string> codes, IReadOnlyDictionary<string, int> kinds, int together, IndexedRandom random)
    {
        var groups = Permute([.. codes], ref random).GroupBy(code => together == 1 ? 0 : kinds[code]).SelectMany(kind => kind.Chunk(together)).ToList();
        return [.. Permute(groups, ref random).SelectMany(group => group)];
    }

    private static List<T> Permute<T>(List<T> values, ref IndexedRandom random)
    {
        for (var last = values.Count - 1; last > 0; last--)
        {
            var other = random.Below(last + 1);
            (values[last], values[other]) = (values[other], values[last]);
        }
        return values;
    }
}
