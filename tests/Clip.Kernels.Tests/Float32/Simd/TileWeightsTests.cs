using System.Runtime.Intrinsics;
using Clip.Kernels.Float32.Simd;

namespace Clip.Kernels.Tests.Float32.Simd;

public sealed class TileWeightsTests
{
    [Fact]
    public void Load_EveryFiniteFloat16_IsExact() =>
        Check<TileWeights.Float16>([.. Bits().Where(bits => Half.IsFinite(BitConverter.UInt16BitsToHalf(bits)))], bits => (float)BitConverter.UInt16BitsToHalf(bits));

    [Fact]
    public void Load_EveryBFloat16_IsExact() => Check<TileWeights.BFloat16>([.. Bits()], bits => BitConverter.UInt32BitsToSingle((uint)bits << 16));

    private static IEnumerable<ushort> Bits() => Enumerable.Range(0, 1 << 16).Select(bits => (ushort)bits);

    private static unsafe void Check<TWeights>(ushort[] bits, Func<ushort, float> widen)
        where TWeights : struct, ITileWeights
    {
        var expected = bits.Select(one => BitConverter.SingleToUInt32Bits(widen(one))).ToArray();
        Equal(Vector128<float>.Count, (source, target) => TWeights.Load128(source).Store(target));
        Equal(Vector256<float>.Count, (source, target) => TWeights.Load256(source).Store(target));
        Equal(Vector512<float>.Count, (source, target) => TWeights.Load512(source).Store(target));

        void Equal(int lanes, Widening load)
        {
            var floats = new float[bits.Length];
            fixed (ushort* source = bits)
            fixed (float* target = floats)
            {
                for (var i = 0; i < bits.Length; i += lanes)
                    load((byte*)(source + i), target + i);
            }
            Assert.Equal(expected, floats.Select(BitConverter.SingleToUInt32Bits));
        }
    }

    private unsafe delegate void Widening(byte* source, float* target);
}
