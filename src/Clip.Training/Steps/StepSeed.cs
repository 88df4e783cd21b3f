namespace Clip.Training.Steps;

/// <summary>Seeds that are a function of a run's seed and a place in it, so that no random state needs to be carried along.</summary>
internal static class StepSeed
{
    /// <summary>Mixes numbers into one seed: SplitMix64 (Steele et al. 2014), once for each.</summary>
    public static long Of(params ReadOnlySpan<long> parts)
    {
        var state = 0UL;
        foreach (var part in parts)
        {
            state = unchecked((state ^ (ulong)part) + 0x9E3779B97F4A7C15);
            state = unchecked((state ^ (state >> 30)) * 0xBF58476D1CE4E5B9);
            state = unchecked((state ^ (state >> 27)) * 0x94D049BB133111EB);
            state ^= state >> 31;
        }
        return (long)(state >> 1);
    }

    /// <summary>Seeds the default generators of all devices.</summary>
    public static void Use(long seed) => manual_seed(seed).Dispose();
}
