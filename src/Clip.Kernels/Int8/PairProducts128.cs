using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using Clip.Kernels.Float32.Simd;

namespace Clip.Kernels.Int8;

/// <summary>Two products added in 16 bits, two such sums in 32: SSSE3.</summary>
internal readonly struct PairProducts128 : IInt8Products<Vector128<int>>
{
    public static bool InputsAreUnsigned => true;

    public static int TileRows => 5;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<int> MultiplyAdd(Vector128<int> inputs, Vector128<int> weights, Vector128<int> sums)
    {
        var pairs = Ssse3.MultiplyAddAdjacent(inputs.AsByte(), weights.AsSByte());
        return sums + Sse2.MultiplyAddAdjacent(pairs, Vector128<short>.One);
    }
}
