using System.Runtime.Intrinsics;
using Clip.Kernels.Float32.Simd;

namespace Clip.Kernels.Tests.Float32.Simd;

public sealed class LoadHalfTests
{
    [Fact]
    public void LoadHalf_EveryFiniteNumber_IsExact()
    {
        Check<Simd128, Vector128<float>>();
        Check<Simd256, Vector256<float>>();
        Check<Simd512, Vector512<float>>();
    }

    private static unsafe void Check<TSimd, TVector>()
        where TSimd : struct, ISimd<TVector>
        where TVector : struct
    {
        Half[] halves = [.. Enumerable.Range(0, 1 << 16).Select(bits => BitConverter.UInt16BitsToHalf((ushort)bits)).Where(Half.IsFinite)];
        var floats = new float[halves.Length];
        fixed (Half* source = halves)
        fixed (float* target = floats)
        {
            for (var i = 0; i < halves.Length; i += TSimd.Lanes)
                TSimd.Store(TSimd.LoadHalf(source + i), target + i);
        }

        Assert.Equal(halves.Select(half => BitConverter.SingleToUInt32Bits((float)half)), floats.Select(BitConverter.SingleToUInt32Bits));
    }
}
