using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Clip.Kernels.Float32.Memory;

/// <summary>The largest magnitude of some numbers.</summary>
internal static class LargestMagnitude
{
    private const uint Mask = 0x7FFF_FFFF;

    /// <summary>Finds its bits, which are in the order of magnitudes; those of NaN are above those of infinity.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static uint Of(ReadOnlySpan<float> values)
    {
        var bits = MemoryMarshal.Cast<float, uint>(values);
        var largest = Vector<uint>.Zero;
        var i = 0;
        for (; i <= bits.Length - Vector<uint>.Count; i += Vector<uint>.Count)
            largest = Vector.Max(largest, new Vector<uint>(bits[i..]) & new Vector<uint>(Mask));
        var result = 0u;
        for (var lane = 0; lane < Vector<uint>.Count; lane++)
            result = Math.Max(result, largest[lane]);
        for (; i < bits.Length; i++)
            result = Math.Max(result, bits[i] & Mask);
        return result;
    }
}
