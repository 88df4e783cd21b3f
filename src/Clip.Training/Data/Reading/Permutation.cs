using System.Numerics;
using Clip.Shared;

namespace Clip.Training.Data.Reading;

/// <summary>A random order of the numbers from 0 to below a count, of which any place can be asked for without a table.</summary>
/// <remarks>
/// A Feistel network permutes the numbers of the next even count of bits; those beyond the count are permuted again until one falls
/// below it, on average fewer than four times. Source: Black and Rogaway 2002, "Ciphers with arbitrary finite domains", sections 4 and 5.
/// </remarks>
internal readonly struct Permutation
{
    private const int Rounds = 6;

    private readonly ulong _seed;
    private readonly long _count;
    private readonly int _halfBits;

    public Permutation(long count, ulong seed)
    {
        _count = count;
        _seed = seed;
        _halfBits = Math.Max(1, (65 - BitOperations.LeadingZeroCount((ulong)Math.Max(1, count - 1))) / 2);
    }

    /// <summary>The number at a place.</summary>
    public long this[long place]
    {
        get
        {
            var number = (ulong)place;
            do
                number = Encipher(number);
            while (number >= (ulong)_count);
            return (long)number;
        }
    }

    private ulong Encipher(ulong number)
    {
        var mask = (1UL << _halfBits) - 1;
        var (left, right) = (number >> _halfBits, number & mask);
        for (var round = 0UL; round < Rounds; round++)
            (left, right) = (right, left ^ (SplitMix64.Mix(right + (round << 40) ^ _seed) & mask));
        return left << _halfBits | right;
    }
}
