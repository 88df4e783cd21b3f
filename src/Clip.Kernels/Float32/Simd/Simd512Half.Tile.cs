using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using static System.Runtime.Intrinsics.Vector512;

namespace Clip.Kernels.Float32.Simd;

internal readonly unsafe partial struct Simd512Half
{
    // As Simd512's, whose comments explain it. Its matrices are small and in the cache: nothing is fetched ahead.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void ComputeTile<T, TWeights>(
        float** inputs, nint segments, nint depth, byte* panel, float* wide, byte* ahead, nint aheadStep, float* bias, float* addends, float floor, float* output, nint outputStride)
        where T : struct, ITileRows
        where TWeights : struct, ITileWeights
    {
        if (TWeights.LeavesWide)
            throw new NotSupportedException("Tiles of half as many columns are for matrices in float32.");

        const int Columns = 32;
        Vector512<float> s00 = default, s01 = default;
        Vector512<float> s10 = default, s11 = default;
        Vector512<float> s20 = default, s21 = default;
        Vector512<float> s30 = default, s31 = default;
        Vector512<float> s40 = default, s41 = default;
        Vector512<float> s50 = default, s51 = default;
        Vector512<float> x, w0, w1;

        for (nint segment = 0; segment < segments; segment++, inputs += T.Count)
        {
            var row0 = inputs[0];
            var row1 = T.Count > 1 ? inputs[1] : null;
            var row2 = T.Count > 2 ? inputs[2] : null;
            var row3 = T.Count > 3 ? inputs[3] : null;
            var row4 = T.Count > 4 ? inputs[4] : null;
            var row5 = T.Count > 5 ? inputs[5] : null;

            nint k = 0;
            for (; k <= depth - 4; k += 4, panel += 4 * Columns * TWeights.Bytes)
            {
                w0 = TWeights.Load512(panel + 0 * TWeights.Bytes); w1 = TWeights.Load512(panel + 16 * TWeights.Bytes);
                x = Create(row0[k]); s00 = FusedMultiplyAdd(x, w0, s00); s01 = FusedMultiplyAdd(x, w1, s01);
                if (T.Count > 1) { x = Create(row1[k]); s10 = FusedMultiplyAdd(x, w0, s10); s11 = FusedMultiplyAdd(x, w1, s11); }
                if (T.Count > 2) { x = Create(row2[k]); s20 = FusedMultiplyAdd(x, w0, s20); s21 = FusedMultiplyAdd(x, w1, s21); }
                if (T.Count > 3) { x = Create(row3[k]); s30 = FusedMultiplyAdd(x, w0, s30); s31 = FusedMultiplyAdd(x, w1, s31); }
                if (T.Count > 4) { x = Create(row4[k]); s40 = FusedMultiplyAdd(x, w0, s40); s41 = FusedMultiplyAdd(x, w1, s41); }
                if (T.Count > 5) { x = Create(row5[k]); s50 = FusedMultiplyAdd(x, w0, s50); s51 = FusedMultiplyAdd(x, w1, s51); }

                w0 = TWeights.Load512(panel + 32 * TWeights.Bytes); w1 = TWeights.Load512(panel + 48 * TWeights.Bytes);
                x = Create(row0[k + 1]); s00 = FusedMultiplyAdd(x, w0, s00); s01 = FusedMultiplyAdd(x, w1, s01);
                if (T.Count > 1) { x = Create(row1[k + 1]); s10 = FusedMultiplyAdd(x, w0, s10); s11 = FusedMultiplyAdd(x, w1, s11); }
                if (T.Count > 2) { x = Create(row2[k + 1]); s20 = FusedMultiplyAdd(x, w0, s20); s21 = FusedMultiplyAdd(x, w1, s21); }
                if (T.Count > 3) { x = Create(row3[k + 1]); s30 = FusedMultiplyAdd(x, w0, s30); s31 = FusedMultiplyAdd(x, w1, s31); }
                if (T.Count > 4) { x = Create(row4[k + 1]); s40 = FusedMultiplyAdd(x, w0, s40); s41 = FusedMultiplyAdd(x, w1, s41); }
                if (T.Count > 5) { x = Create(row5[k + 1]); s50 = FusedMultiplyAdd(x, w0, s50); s51 = FusedMultiplyAdd(x, w1, s51); }

                w0 = TWeights.Load512(panel + 64 * TWeights.Bytes); w1 = TWeights.Load512(panel + 80 * TWeights.Bytes);
                x = Create(row0[k + 2]); s00 = FusedMultiplyAdd(x, w0, s00); s01 = FusedMultiplyAdd(x, w1, s01);
                if (T.Count > 1) { x = Create(row1[k + 2]); s10 = FusedMultiplyAdd(x, w0, s10); s11 = FusedMultiplyAdd(x, w1, s11); }
                if (T.Count > 2) { x = Create(row2[k + 2]); s20 = FusedMultiplyAdd(x, w0, s20); s21 = FusedMultiplyAdd(x, w1, s21); }
                if (T.Count > 3) { x = Create(row3[k + 2]); s30 = FusedMultiplyAdd(x, w0, s30); s31 = FusedMultiplyAdd(x, w1, s31); }
                if (T.Count > 4) { x = Create(row4[k + 2]); s40 = FusedMultiplyAdd(x, w0, s40); s41 = FusedMultiplyAdd(x, w1, s41); }
                if (T.Count > 5) { x = Create(row5[k + 2]); s50 = FusedMultiplyAdd(x, w0, s50); s51 = FusedMultiplyAdd(x, w1, s51); }

                w0 = TWeights.Load512(panel + 96 * TWeights.Bytes); w1 = TWeights.Load512(panel + 112 * TWeights.Bytes);
                x = Create(row0[k + 3]); s00 = FusedMultiplyAdd(x, w0, s00); s01 = FusedMultiplyAdd(x, w1, s01);
                if (T.Count > 1) { x = Create(row1[k + 3]); s10 = FusedMultiplyAdd(x, w0, s10); s11 = FusedMultiplyAdd(x, w1, s11); }
                if (T.Count > 2) { x = Create(row2[k + 3]); s20 = FusedMultiplyAdd(x, w0, s20); s21 = FusedMultiplyAdd(x, w1, s21); }
                if (T.Count > 3) { x = Create(row3[k + 3]); s30 = FusedMultiplyAdd(x, w0, s30); s31 = FusedMultiplyAdd(x, w1, s31); }
                if (T.Count > 4) { x = Create(row4[k + 3]); s40 = FusedMultiplyAdd(x, w0, s40); s41 = FusedMultiplyAdd(x, w1, s41); }
                if (T.Count > 5) { x = Create(row5[k + 3]); s50 = FusedMultiplyAdd(x, w0, s50); s51 = FusedMultiplyAdd(x, w1, s51); }
            }
            for (; k < depth; k++, panel += Columns * TWeights.Bytes)
            {
                w0 = TWeights.Load512(panel + 0 * TWeights.Bytes); w1 = TWeights.Load512(panel + 16 * TWeights.Bytes);
                x = Create(row0[k]); s00 = FusedMultiplyAdd(x, w0, s00); s01 = FusedMultiplyAdd(x, w1, s01);
                if (T.Count > 1) { x = Create(row1[k]); s10 = FusedMultiplyAdd(x, w0, s10); s11 = FusedMultiplyAdd(x, w1, s11); }
                if (T.Count > 2) { x = Create(row2[k]); s20 = FusedMultiplyAdd(x, w0, s20); s21 = FusedMultiplyAdd(x, w1, s21); }
                if (T.Count > 3) { x = Create(row3[k]); s30 = FusedMultiplyAdd(x, w0, s30); s31 = FusedMultiplyAdd(x, w1, s31); }
                if (T.Count > 4) { x = Create(row4[k]); s40 = FusedMultiplyAdd(x, w0, s40); s41 = FusedMultiplyAdd(x, w1, s41); }
                if (T.Count > 5) { x = Create(row5[k]); s50 = FusedMultiplyAdd(x, w0, s50); s51 = FusedMultiplyAdd(x, w1, s51); }
            }
        }

        StoreRow(s00, s01, bias, addends, floor, output, 0);
        if (T.Count > 1) StoreRow(s10, s11, bias, addends, floor, output, outputStride);
        if (T.Count > 2) StoreRow(s20, s21, bias, addends, floor, output, 2 * outputStride);
        if (T.Count > 3) StoreRow(s30, s31, bias, addends, floor, output, 3 * outputStride);
        if (T.Count > 4) StoreRow(s40, s41, bias, addends, floor, output, 4 * outputStride);
        if (T.Count > 5) StoreRow(s50, s51, bias, addends, floor, output, 5 * outputStride);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void StoreRow(Vector512<float> s0, Vector512<float> s1, float* bias, float* addends, float floor, float* output, nint row)
    {
        if (bias is not null)
        {
            s0 += Load(bias);
            s1 += Load(bias + 16);
        }
        if (addends is not null)
        {
            s0 += Load(addends + row);
            s1 += Load(addends + row + 16);
        }
        var lowest = Create(floor);
        MaxNative(lowest, s0).Store(output + row);
        MaxNative(lowest, s1).Store(output + row + 16);
    }
}
