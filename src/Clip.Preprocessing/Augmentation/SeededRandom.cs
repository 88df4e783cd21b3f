using Clip.Shared;

namespace Clip.Preprocessing.Augmentation;

/// <summary>Random numbers that are the same for a seed in every version of .NET and on every machine.</summary>
internal struct SeededRandom(long seed)
{
    private ulong _state = (ulong)seed;

    /// <summary>A number from 0 to below 1.</summary>
    public double Next()
    {
        _state += SplitMix64.Step;
        // 53 bits are what a double holds.
        return (SplitMix64.Mix(_state) >> 11) * (1.0 / (1UL << 53));
    }

    /// <summary>A number between two others.</summary>
    public double Between(double low, double high) => low + (high - low) * Next();

    /// <summary>A whole number from 0 to below another.</summary>
    public int Below(int count) => (int)(Next() * count);
}
