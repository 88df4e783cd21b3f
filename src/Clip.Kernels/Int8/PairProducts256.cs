using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using Clip.Kernels.Float32.Simd;

namespace Clip.Kernels.Int8;

/// <summary>Two products added in 16 bits, two such sums in 32: AVX2.</summary>
internal readonly struct PairProducts256 : IInt8Products<Vector256<int>>
{
    public static bool InputsAreUnsigned => true;

    public static int TileRows => 5;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<int> MultiplyAdd(Vector256<int> inputs, Vector256<int> weights, Vector256<int> sums)
    {
        var pairs = Avx2.MultiplyAddAdjacent(inputs.AsByte(), weights.AsSByte());
        return sums + Avx2.MultiplyAddAdjacent(pairs, Vector256<short>.One);
    }
}
