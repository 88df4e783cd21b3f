using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using Clip.Kernels.Float32.Simd;

namespace Clip.Kernels.Int8;

/// <summary>Four products added in 32 bits by one instruction: AVX-VNNI.</summary>
internal readonly struct VnniProducts : IInt8Products<Vector256<int>>
{
    public static bool InputsAreUnsigned => true;

    public static int TileRows => 6;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<int> MultiplyAdd(Vector256<int> inputs, Vector256<int> weights, Vector256<int> sums) =>
        AvxVnni.MultiplyWideningAndAdd(sums, inputs.AsByte(), weights.AsSByte());
}
