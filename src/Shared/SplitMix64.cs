namespace Clip.Shared;

/// <summary>A generator of random bits that is the same in every version of .NET and on every machine.</summary>
/// <remarks>Source: Steele, Lea and Flood 2014, "Fast splittable pseudorandom number generators", figure 17.</remarks>
internal static class SplitMix64
{
    /// <summary>What the state grows by from one number to the next: 2^64 divided by the golden ratio.</summary>
    public const ulong Step = 0x9E3779B97F4A7C15;

    /// <summary>The random bits of a state.</summary>
    public static ulong Mix(ulong state)
    {
        unchecked
        {
            state = (state ^ state >> 30) * 0xBF58476D1CE4E5B9;
            state = (state ^ state >> 27) * 0x94D049BB133111EB;
            return state ^ state >> 31;
        }
    }
}
