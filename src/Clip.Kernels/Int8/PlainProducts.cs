using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Clip.Kernels.Float32.Simd;

namespace Clip.Kernels.Int8;

/// <summary>Four products by operations that every processor has: two at a time in 16 bits, whose sums are added in 32.</summary>
internal readonly struct PlainProducts : IInt8Products<Vector128<int>>
{
    private const int Byte = 8, Half = 16;

    public static bool InputsAreUnsigned => false;

    public static int TileRows => 5;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<int> MultiplyAdd(Vector128<int> inputs, Vector128<int> weights, Vector128<int> sums)
    {
        // 2 · 127 · 64 fits in 16 bits.
        var pairs = (Even(inputs) * Even(weights) + Odd(inputs) * Odd(weights)).AsInt32();
        return sums + Vector128.ShiftRightArithmetic(Vector128.ShiftLeft(pairs, Half), Half) + Vector128.ShiftRightArithmetic(pairs, Half);
    }

    // Every second of the bytes, widened.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<short> Even(Vector128<int> bytes) => Vector128.ShiftRightArithmetic(Vector128.ShiftLeft(bytes.AsInt16(), Byte), Byte);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<short> Odd(Vector128<int> bytes) => Vector128.ShiftRightArithmetic(bytes.AsInt16(), Byte);
}
