using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Clip.Shared;

/// <summary>Float32 values in the upper half of their bits.</summary>
internal static class BFloat16Rounding
{
    // Half of the last bit that stays, less one: a tie then rounds up exactly where that bit is odd.
    private const uint AlmostHalf = 0x7FFF;

    /// <summary>Rounds finite elements to the nearest, ties to even, as libtorch does.</summary>
    /// <param name="values">The values.</param>
    /// <param name="rounded">The bits of the rounded ones, as many.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Round(ReadOnlySpan<float> values, Span<ushort> rounded)
    {
        var bits = MemoryMarshal.Cast<float, uint>(values);
        var i = 0;
        for (; i <= bits.Length - Vector<ushort>.Count; i += Vector<ushort>.Count)
        {
            var first = Round(new Vector<uint>(bits[i..]));
            var second = Round(new Vector<uint>(bits[(i + Vector<uint>.Count)..]));
            Vector.Narrow(first, second).CopyTo(rounded[i..]);
        }
        for (; i < bits.Length; i++)
            rounded[i] = (ushort)((bits[i] + AlmostHalf + (bits[i] >> 16 & 1)) >> 16);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector<uint> Round(Vector<uint> bits) =>
        (bits + new Vector<uint>(AlmostHalf) + (bits >>> 16 & Vector<uint>.One)) >>> 16;
}
