using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using Clip.Kernels.Float32.Simd;

namespace Clip.Kernels.Int8;

/// <summary>Two products added in 16 bits, two such sums in 32: AVX-512 BW.</summary>
internal readonly struct PairProducts512 : IInt8Products<Vector512<int>>
{
    public static bool InputsAreUnsigned => true;

    public static int TileRows => 6;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<int> MultiplyAdd(Vector512<int> inputs, Vector512<int> weights, Vector512<int> sums)
    {
        var pairs = Avx512BW.MultiplyAddAdjacent(inputs.AsByte(), weights.AsSByte());
        return sums + Avx512BW.MultiplyAddAdjacent(pairs, Vector512<short>.One);
    }
}
