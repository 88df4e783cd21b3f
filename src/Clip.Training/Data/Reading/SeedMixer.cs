namespace Clip.Training.Data.Reading;

/// <summary>Seeds that are a function of other numbers: SplitMix64's mixing.</summary>
/// <remarks>Source: Steele, Lea and Flood 2014, "Fast splittable pseudorandom number generators", figure 17.</remarks>
internal static class SeedMixer
{
    /// <summary>A seed for some numbers, as different as can be from that of other numbers.</summary>
    public static ulong Mix(params ReadOnlySpan<long> numbers)
    {
        var mixed = 0UL;
        foreach (var number in numbers)
            mixed = Mix(mixed + 0x9E3779B97F4A7C15 ^ Mix((ulong)number));
        return mixed;
    }

    /// <summary>Mixes the bits of one number.</summary>
    public static ulong Mix(ulong bits)
    {
        bits = (bits ^ bits >> 30) * 0xBF58476D1CE4E5B9;
        bits = (bits ^ bits >> 27) * 0x94D049BB133111EB;
        return bits ^ bits >> 31;
    }
}
