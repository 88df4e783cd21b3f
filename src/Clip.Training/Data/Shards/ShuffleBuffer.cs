using Clip.Shared;
using Clip.Training.Data.Reading;

namespace Clip.Training.Data.Shards;

/// <summary>Mixes a stream of samples by drawing from the few that are held at a time.</summary>
/// <param name="samples">The most that are held.</param>
/// <param name="bytes">The most bytes that they have together; a single longer one is held alone.</param>
internal sealed class ShuffleBuffer(int samples, long bytes)
{
    /// <summary>Gives samples in an order that the seed decides.</summary>
    public IEnumerable<RawSample> Shuffle(IEnumerable<RawSample> source, ulong seed)
    {
        var held = new List<RawSample>();
        var heldBytes = 0L;
        foreach (var sample in source)
        {
            while (held.Count > 0 && (held.Count >= samples || heldBytes + sample.Bytes > bytes))
                yield return Take();
            held.Add(sample);
            heldBytes += sample.Bytes;
        }
        while (held.Count > 0)
            yield return Take();

        RawSample Take()
        {
            var place = (int)(SplitMix64.Mix(seed += SplitMix64.Step) % (ulong)held.Count);
            var taken = held[place];
            held[place] = held[^1];
            held.RemoveAt(held.Count - 1);
            heldBytes -= taken.Bytes;
            return taken;
        }
    }
}
