using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Clip.Kernels.Float32.Products;

/// <summary>Rounds to float16.</summary>
/// <remarks>
/// <c>TensorPrimitives.ConvertToHalf</c> does the same, but while a model is loaded it runs as .NET compiles methods at first, without optimization.
/// </remarks>
internal readonly struct HalfRounding : IRounding
{
    private const uint Magnitude = 0x7FFF_FFFF;

    // 2 to the power of -14, the least normal number.
    private const uint LeastNormal = 0x3880_0000;

    // A float whose last bit is worth as much as that of subnormal numbers, 2 to the power of -24: an addition rounds to it.
    private const uint SubnormalStep = 0x3F00_0000;

    // The bias of the exponent becomes 15 in place of 127; half of the last bit that stays, less one: a tie then rounds up exactly where that bit is odd.
    private const uint Rebias = unchecked((uint)((15 - 127) << 23)) + 0xFFF;

    public static float Range => 65520;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Round(ReadOnlySpan<float> source, Span<ushort> target)
    {
        var bits = MemoryMarshal.Cast<float, uint>(source);
        var i = 0;
        for (; i <= bits.Length - Vector<ushort>.Count; i += Vector<ushort>.Count)
        {
            var first = Round(new Vector<uint>(bits[i..]));
            var second = Round(new Vector<uint>(bits[(i + Vector<uint>.Count)..]));
            Vector.Narrow(first, second).CopyTo(target[i..]);
        }
        for (; i < bits.Length; i++)
            target[i] = BitConverter.HalfToUInt16Bits((Half)source[i]);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector<uint> Round(Vector<uint> bits)
    {
        var magnitude = bits & new Vector<uint>(Magnitude);
        var sign = (bits ^ magnitude) >>> 16;
        var step = new Vector<uint>(SubnormalStep);
        var subnormal = Vector.AsVectorUInt32(Vector.AsVectorSingle(magnitude) + Vector.AsVectorSingle(step)) - step;
        var normal = (magnitude + new Vector<uint>(Rebias) + (magnitude >>> 13 & Vector<uint>.One)) >>> 13;
        return sign | Vector.ConditionalSelect(Vector.LessThan(magnitude, new Vector<uint>(LeastNormal)), subnormal, normal);
    }
}
