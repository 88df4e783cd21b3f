using Clip.Shared;
using Clip.Training.Data.Reading;

namespace Clip.Training.Data.Shards;

/// <summary>Mixes a stream by drawing from the few items that are held at a time.</summary>
internal static class ShuffleBuffer
{
    /// <summary>Gives the items in an order that the seed decides.</summary>
    public static IEnumerable<T> Shuffle<T>(IEnumerable<T> items, int size, ulong seed)
    {
        var held = new List<T>();
        foreach (var item in items)
        {
            if (held.Count < size)
            {
                held.Add(item);
                continue;
            }
            var place = Draw(held.Count);
            yield return held[place];
            held[place] = item;
        }
        while (held.Count > 0)
        {
            var place = Draw(held.Count);
            yield return held[place];
            held[place] = held[^1];
            held.RemoveAt(held.Count - 1);
        }

        int Draw(int count) => (int)(SplitMix64.Mix(seed += SplitMix64.Step) % (ulong)count);
    }
}
