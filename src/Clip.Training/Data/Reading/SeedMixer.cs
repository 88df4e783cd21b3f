using Clip.Shared;

namespace Clip.Training.Data.Reading;

/// <summary>Seeds that are a function of other numbers.</summary>
internal static class SeedMixer
{
    /// <summary>A seed for some numbers, as different as can be from that of other numbers.</summary>
    public static ulong Mix(params ReadOnlySpan<long> numbers)
    {
        var mixed = 0UL;
        foreach (var number in numbers)
            mixed = SplitMix64.Mix(mixed + SplitMix64.Step ^ SplitMix64.Mix((ulong)number));
        return mixed;
    }
}
