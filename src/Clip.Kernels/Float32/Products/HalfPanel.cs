using System.Runtime.CompilerServices;
using Clip.Kernels.Float32.Simd;

namespace Clip.Kernels.Float32.Products;

/// <summary>Weights in float16, which are widened before a tile multiplies them.</summary>
/// <remarks>
/// A part of a panel is widened once for all tiles of a block of rows, into memory that stays in the cache: the tiles are those of float32 and
/// compute the same bits from the same weights, and half as many bytes come from memory.
/// </remarks>
/// <typeparam name="TSimd">The arithmetic.</typeparam>
/// <typeparam name="TVector">Its vectors.</typeparam>
internal static unsafe class HalfPanel<TSimd, TVector>
    where TSimd : struct, ISimd<TVector>
    where TVector : struct
{
    /// <summary>Widens weights, exactly.</summary>
    /// <param name="source">The weights.</param>
    /// <param name="count">How many, a multiple of the vector's elements.</param>
    /// <param name="target">Receives them.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Widen(Half* source, nint count, float* target)
    {
        for (nint i = 0; i < count; i += TSimd.Lanes)
            TSimd.Store(TSimd.LoadHalf(source + i), target + i);
    }
}
