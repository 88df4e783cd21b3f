using Clip.Shared;

namespace Clip.Training.Steps;

/// <summary>Seeds that are a function of a run's seed and a place in it, so that no random state needs to be carried along.</summary>
internal static class StepSeed
{
    private static readonly Lock Generators = new();

    /// <summary>Mixes numbers into one seed.</summary>
    public static long Of(params ReadOnlySpan<long> parts)
    {
        var state = 0UL;
        foreach (var part in parts)
            state = SplitMix64.Mix(unchecked((state ^ (ulong)part) + SplitMix64.Step));
        return (long)(state >> 1);
    }

    /// <summary>Draws with the default generators, seeded, while no other thread does so by this method: a process has them once.</summary>
    public static T Draw<T>(long seed, Func<T> draw)
    {
        lock (Generators)
        {
            Use(seed);
            return draw();
        }
    }

    /// <summary>Seeds the default generators of all devices.</summary>
    public static void Use(long seed) => manual_seed(seed).Dispose();
}
