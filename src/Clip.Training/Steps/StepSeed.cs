using Clip.Shared;

namespace Clip.Training.Steps;

/// <summary>Seeds that are a function of a run's seed and a place in it, so that no random state needs to be carried along.</summary>
internal static class StepSeed
{
    /// <summary>Mixes numbers into one seed.</summary>
    public static long Of(params ReadOnlySpan<long> parts)
    {
        var state = 0UL;
        foreach (var part in parts)
            state = SplitMix64.Mix(unchecked((state ^ (ulong)part) + SplitMix64.Step));
        return (long)(state >> 1);
    }

    /// <summary>Seeds the default generators of all devices.</summary>
    public static void Use(long seed) => manual_seed(seed).Dispose();
}
