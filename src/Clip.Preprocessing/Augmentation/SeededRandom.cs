namespace Clip.Preprocessing.Augmentation;

/// <summary>Random numbers that are the same for a seed in every version of .NET and on every machine: SplitMix64.</summary>
/// <remarks>Source: Steele, Lea and Flood 2014, "Fast splittable pseudorandom number generators", figure 17.</remarks>
internal struct SeededRandom(long seed)
{
    private ulong _state = (ulong)seed;

    /// <summary>A number from 0 to below 1.</summary>
    public double Next()
    {
        _state += 0x9E3779B97F4A7C15;
        var mixed = _state;
        mixed = (mixed ^ mixed >> 30) * 0xBF58476D1CE4E5B9;
        mixed = (mixed ^ mixed >> 27) * 0x94D049BB133111EB;
        mixed ^= mixed >> 31;
        // 53 bits are what a double holds.
        return (mixed >> 11) * (1.0 / (1UL << 53));
    }

    /// <summary>A number between two others.</summary>
    public double Between(double low, double high) => low + (high - low) * Next();

    /// <summary>A whole number from 0 to below another.</summary>
    public int Below(int count) => (int)(Next() * count);
}
