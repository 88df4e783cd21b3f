using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;

namespace Clip.Runtime.Kernels.Float32;

/// <summary>The innermost part of a matrix product: a tile of the result stays in registers while a panel of the weights passes once.</summary>
/// <remarks>
/// <para>
/// Each number is summed over all inputs in one order, alone: it does not depend on the tile, the batch or the number of threads it was computed with.
/// </para>
/// <para>Method: Goto and van de Geijn 2008, "Anatomy of High-Performance Matrix Multiplication", sections 4 and 6.</para>
/// </remarks>
/// <typeparam name="TSimd">The arithmetic.</typeparam>
/// <typeparam name="TVector">Its vectors.</typeparam>
internal static unsafe class TileKernel<TSimd, TVector>
    where TSimd : struct, ISimd<TVector>
    where TVector : struct
{
    /// <summary>Rows of the largest tile.</summary>
    public const int Rows = 6;

    /// <summary>Columns of a tile.</summary>
    public static int Columns => TSimd.Lanes * TSimd.TileVectors;

    /// <summary>Computes a tile of inputs times panel, plus bias, plus another matrix.</summary>
    /// <param name="rows">Rows of the tile, 1 to <see cref="Rows"/>.</param>
    /// <param name="inputs">Where the tile's rows of the input begin: <paramref name="rows"/> pointers for each segment.</param>
    /// <param name="segments">Pieces in which an input row lies in memory.</param>
    /// <param name="depth">Numbers in a piece.</param>
    /// <param name="panel">Weights [segments · depth, Columns]; consecutive rows are <paramref name="panelStride"/> numbers apart.</param>
    /// <param name="panelStride">Numbers from one row of the panel to the next.</param>
    /// <param name="ahead">Memory that is needed soon; some of it is brought into the cache.</param>
    /// <param name="aheadStep">Bytes of it per row of the panel.</param>
    /// <param name="bias">Added to every row, [Columns]; or null.</param>
    /// <param name="addends">Added, laid out like the output, which it may be; or null.</param>
    /// <param name="output">The tile's first number; whole rows of the tile are written.</param>
    /// <param name="outputStride">Numbers from one row of the output to the next.</param>
    public static void Compute(
        int rows, float** inputs, nint segments, nint depth, float* panel, nint panelStride, byte* ahead, nint aheadStep,
        float* bias, float* addends, float* output, nint outputStride)
    {
        switch (rows)
        {
            case 6: Compute<Six>(inputs, segments, depth, panel, panelStride, ahead, aheadStep, bias, addends, output, outputStride); break;
            case 5: Compute<Five>(inputs, segments, depth, panel, panelStride, ahead, aheadStep, bias, addends, output, outputStride); break;
            case 4: Compute<Four>(inputs, segments, depth, panel, panelStride, ahead, aheadStep, bias, addends, output, outputStride); break;
            case 3: Compute<Three>(inputs, segments, depth, panel, panelStride, ahead, aheadStep, bias, addends, output, outputStride); break;
            case 2: Compute<Two>(inputs, segments, depth, panel, panelStride, ahead, aheadStep, bias, addends, output, outputStride); break;
            default: Compute<One>(inputs, segments, depth, panel, panelStride, ahead, aheadStep, bias, addends, output, outputStride); break;
        }
    }

    // Conditions on T and TSimd are constants to the compiler, which leaves out the sums that a smaller tile does not have.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Compute<T>(
        float** inputs, nint segments, nint depth, float* panel, nint panelStride, byte* ahead, nint aheadStep,
        float* bias, float* addends, float* output, nint outputStride)
        where T : struct, IRowCount
    {
        TVector s00 = default, s01 = default, s02 = default, s03 = default;
        TVector s10 = default, s11 = default, s12 = default, s13 = default;
        TVector s20 = default, s21 = default, s22 = default, s23 = default;
        TVector s30 = default, s31 = default, s32 = default, s33 = default;
        TVector s40 = default, s41 = default, s42 = default, s43 = default;
        TVector s50 = default, s51 = default, s52 = default, s53 = default;

        for (nint segment = 0; segment < segments; segment++, inputs += T.Count)
        {
            var row0 = inputs[0];
            var row1 = T.Count > 1 ? inputs[1] : null;
            var row2 = T.Count > 2 ? inputs[2] : null;
            var row3 = T.Count > 3 ? inputs[3] : null;
            var row4 = T.Count > 4 ? inputs[4] : null;
            var row5 = T.Count > 5 ? inputs[5] : null;

            for (nint k = 0; k < depth; k++)
            {
                var w0 = TSimd.Load(panel);
                var w1 = TSimd.Load(panel + TSimd.Lanes);
                var w2 = TSimd.TileVectors > 2 ? TSimd.Load(panel + 2 * TSimd.Lanes) : default;
                var w3 = TSimd.TileVectors > 2 ? TSimd.Load(panel + 3 * TSimd.Lanes) : default;
                panel += panelStride;
                Sse.Prefetch1(ahead);
                ahead += aheadStep;

                MultiplyAdd(row0, k, w0, w1, w2, w3, ref s00, ref s01, ref s02, ref s03);
                if (T.Count > 1)
                    MultiplyAdd(row1, k, w0, w1, w2, w3, ref s10, ref s11, ref s12, ref s13);
                if (T.Count > 2)
                    MultiplyAdd(row2, k, w0, w1, w2, w3, ref s20, ref s21, ref s22, ref s23);
                if (T.Count > 3)
                    MultiplyAdd(row3, k, w0, w1, w2, w3, ref s30, ref s31, ref s32, ref s33);
                if (T.Count > 4)
                    MultiplyAdd(row4, k, w0, w1, w2, w3, ref s40, ref s41, ref s42, ref s43);
                if (T.Count > 5)
                    MultiplyAdd(row5, k, w0, w1, w2, w3, ref s50, ref s51, ref s52, ref s53);
            }
        }

        Store(0, s00, s01, s02, s03, bias, addends, output, outputStride);
        if (T.Count > 1)
            Store(1, s10, s11, s12, s13, bias, addends, output, outputStride);
        if (T.Count > 2)
            Store(2, s20, s21, s22, s23, bias, addends, output, outputStride);
        if (T.Count > 3)
            Store(3, s30, s31, s32, s33, bias, addends, output, outputStride);
        if (T.Count > 4)
            Store(4, s40, s41, s42, s43, bias, addends, output, outputStride);
        if (T.Count > 5)
            Store(5, s50, s51, s52, s53, bias, addends, output, outputStride);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void MultiplyAdd(
        float* row, nint k, TVector w0, TVector w1, TVector w2, TVector w3, ref TVector s0, ref TVector s1, ref TVector s2, ref TVector s3)
    {
        var x = TSimd.Broadcast(row[k]);
        s0 = TSimd.MultiplyAdd(x, w0, s0);
        s1 = TSimd.MultiplyAdd(x, w1, s1);
        if (TSimd.TileVectors > 2)
        {
            s2 = TSimd.MultiplyAdd(x, w2, s2);
            s3 = TSimd.MultiplyAdd(x, w3, s3);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Store(
        int row, TVector s0, TVector s1, TVector s2, TVector s3, float* bias, float* addends, float* output, nint stride)
    {
        Store(row * stride, s0, bias, addends, output);
        Store(row * stride + TSimd.Lanes, s1, bias is null ? null : bias + TSimd.Lanes, addends, output);
        if (TSimd.TileVectors > 2)
        {
            Store(row * stride + 2 * TSimd.Lanes, s2, bias is null ? null : bias + 2 * TSimd.Lanes, addends, output);
            Store(row * stride + 3 * TSimd.Lanes, s3, bias is null ? null : bias + 3 * TSimd.Lanes, addends, output);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Store(nint at, TVector sum, float* bias, float* addends, float* output)
    {
        if (bias is not null)
            sum = TSimd.Add(sum, TSimd.Load(bias));
        if (addends is not null)
            sum = TSimd.Add(sum, TSimd.Load(addends + at));
        TSimd.Store(sum, output + at);
    }

    private interface IRowCount
    {
        static abstract int Count { get; }
    }

    private readonly struct Six : IRowCount
    {
        public static int Count => 6;
    }

    private readonly struct Five : IRowCount
    {
        public static int Count => 5;
    }

    private readonly struct Four : IRowCount
    {
        public static int Count => 4;
    }

    private readonly struct Three : IRowCount
    {
        public static int Count => 3;
    }

    private readonly struct Two : IRowCount
    {
        public static int Count => 2;
    }

    private readonly struct One : IRowCount
    {
        public static int Count => 1;
    }
}
