namespace Training.Shared;

/// <summary>Random numbers that are the same for a seed and an index on every machine: SplitMix64.</summary>
/// <remarks>Source: Steele, Lea and Flood 2014, "Fast splittable pseudorandom number generators", figure 17.</remarks>
public struct IndexedRandom(long seed, long index)
{
    // Two rounds of mixing keep neighboring indices and neighboring seeds apart.
    private ulong _state = Mix(Mix((ulong)seed * 0x9E3779B97F4A7C15 + 1) + (ulong)index * 0x9E3779B97F4A7C15);

    /// <summary>64 random bits.</summary>
    public ulong NextBits()
    {
        _state += 0x9E3779B97F4A7C15;
        return Mix(_state);
    }

    /// <summary>A number from 0 to below 1.</summary>
    public double Next() => (NextBits() >> 11) * (1.0 / (1UL << 53));

    /// <summary>A number between two others.</summary>
    public double Between(double low, double high) => low + (high - low) * Next();

    /// <summary>A whole number from 0 to below another.</summary>
    public int Below(int count) => (int)(Next() * count);

    /// <summary>True with a probability.</summary>
    public bool Chance(double probability) => Next() < probability;

    /// <summary>One of several values.</summary>
    public T Pick<T>(params ReadOnlySpan<T> values) => values[Below(values.Length)];

    private static ulong Mix(ulong bits)
    {
        bits = (bits ^ bits >> 30) * 0xBF58476D1CE4E5B9;
        bits = (bits ^ bits >> 27) * 0x94D049BB133111EB;
        return bits ^ bits >> 31;
    }
}
