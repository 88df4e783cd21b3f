using System.Runtime.CompilerServices;
using Clip.Kernels.Float32.Simd;

namespace Clip.Kernels.Int8;

/// <summary>Computes tiles of a product of quantized matrices: up to six rows by a panel of outputs, summed in registers, then scaled back.</summary>
/// <typeparam name="TInt8">The arithmetic.</typeparam>
/// <typeparam name="TSums">Its vectors.</typeparam>
internal static unsafe class Int8Tile<TInt8, TSums>
    where TInt8 : struct, IInt8Simd<TSums>
    where TSums : struct
{
    /// <summary>Columns of a tile.</summary>
    public static int Columns => TInt8.Lanes * TInt8.TileVectors;

    /// <summary>Computes a tile: sums of products, scaled, plus bias, plus another matrix.</summary>
    /// <param name="rows">Rows of the tile, 1 to the most that <typeparamref name="TInt8"/> has registers for.</param>
    /// <param name="inputs">The tile's quantized rows.</param>
    /// <param name="panel">The weights of its columns.</param>
    /// <param name="ahead">Memory that is needed soon; some of it is brought into the cache.</param>
    /// <param name="aheadStep">Bytes of it per group of inputs.</param>
    /// <param name="addends">Added, laid out like the output, which it may be; or null.</param>
    /// <param name="output">The tile's first element; whole rows of the tile are written.</param>
    /// <param name="outputStride">Elements from one row of the output to the next.</param>
    public static void Compute(
        int rows, QuantizedRows inputs, QuantizedPanel panel, byte* ahead, nint aheadStep, float* addends, float* output, nint outputStride)
    {
        switch (rows)
        {
            case 6: Compute<TileRows.Six>(inputs, panel, ahead, aheadStep, addends, output, outputStride); break;
            case 5: Compute<TileRows.Five>(inputs, panel, ahead, aheadStep, addends, output, outputStride); break;
            case 4: Compute<TileRows.Four>(inputs, panel, ahead, aheadStep, addends, output, outputStride); break;
            case 3: Compute<TileRows.Three>(inputs, panel, ahead, aheadStep, addends, output, outputStride); break;
            case 2: Compute<TileRows.Two>(inputs, panel, ahead, aheadStep, addends, output, outputStride); break;
            default: Compute<TileRows.One>(inputs, panel, ahead, aheadStep, addends, output, outputStride); break;
        }
    }

    // Conditions on T and on the number of vectors are constants to the compiler, which leaves out the sums that a smaller tile does not have.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Compute<T>(
        QuantizedRows inputs, QuantizedPanel panel, byte* ahead, nint aheadStep, float* addends, float* output, nint outputStride)
        where T : struct, ITileRows
    {
        TSums w0, w1, w2 = default, w3 = default, x;
        TSums s00 = default, s01 = default, s02 = default, s03 = default;
        if (TInt8.InputsAreUnsigned)
        {
            s00 = TInt8.Load(panel.Starts);
            s01 = TInt8.Load(panel.Starts + TInt8.Lanes);
            if (TInt8.TileVectors > 2)
            {
                s02 = TInt8.Load(panel.Starts + 2 * TInt8.Lanes);
                s03 = TInt8.Load(panel.Starts + 3 * TInt8.Lanes);
            }
        }
        TSums s10 = s00, s11 = s01, s12 = s02, s13 = s03;
        TSums s20 = s00, s21 = s01, s22 = s02, s23 = s03;
        TSums s30 = s00, s31 = s01, s32 = s02, s33 = s03;
        TSums s40 = s00, s41 = s01, s42 = s02, s43 = s03;
        TSums s50 = s00, s51 = s01, s52 = s02, s53 = s03;

        var groups = inputs.Groups;
        var weights = panel.Weights;
        var row0 = inputs.First;
        var row1 = row0 + groups;
        var row2 = row1 + groups;
        var row3 = row2 + groups;
        var row4 = row3 + groups;
        var row5 = row4 + groups;
        for (nint group = 0; group < groups; group++, weights += TInt8.TileVectors * TInt8.Lanes, ahead += aheadStep)
        {
            Prefetch.ToSecondCache(ahead);
            w0 = TInt8.Load(weights);
            w1 = TInt8.Load(weights + TInt8.Lanes);
            if (TInt8.TileVectors > 2)
            {
                w2 = TInt8.Load(weights + 2 * TInt8.Lanes);
                w3 = TInt8.Load(weights + 3 * TInt8.Lanes);
            }

            x = TInt8.Broadcast(row0[group]);
            s00 = TInt8.MultiplyAdd(x, w0, s00);
            s01 = TInt8.MultiplyAdd(x, w1, s01);
            if (TInt8.TileVectors > 2)
            {
                s02 = TInt8.MultiplyAdd(x, w2, s02);
                s03 = TInt8.MultiplyAdd(x, w3, s03);
            }
            if (T.Count > 1)
            {
                x = TInt8.Broadcast(row1[group]);
                s10 = TInt8.MultiplyAdd(x, w0, s10);
                s11 = TInt8.MultiplyAdd(x, w1, s11);
                if (TInt8.TileVectors > 2)
                {
                    s12 = TInt8.MultiplyAdd(x, w2, s12);
                    s13 = TInt8.MultiplyAdd(x, w3, s13);
                }
            }
            if (T.Count > 2)
            {
                x = TInt8.Broadcast(row2[group]);
                s20 = TInt8.MultiplyAdd(x, w0, s20);
                s21 = TInt8.MultiplyAdd(x, w1, s21);
                if (TInt8.TileVectors > 2)
                {
                    s22 = TInt8.MultiplyAdd(x, w2, s22);
                    s23 = TInt8.MultiplyAdd(x, w3, s23);
                }
            }
            if (T.Count > 3)
            {
                x = TInt8.Broadcast(row3[group]);
                s30 = TInt8.MultiplyAdd(x, w0, s30);
                s31 = TInt8.MultiplyAdd(x, w1, s31);
                if (TInt8.TileVectors > 2)
                {
                    s32 = TInt8.MultiplyAdd(x, w2, s32);
                    s33 = TInt8.MultiplyAdd(x, w3, s33);
                }
            }
            if (T.Count > 4)
            {
                x = TInt8.Broadcast(row4[group]);
                s40 = TInt8.MultiplyAdd(x, w0, s40);
                s41 = TInt8.MultiplyAdd(x, w1, s41);
                if (TInt8.TileVectors > 2)
                {
                    s42 = TInt8.MultiplyAdd(x, w2, s42);
                    s43 = TInt8.MultiplyAdd(x, w3, s43);
                }
            }
            if (T.Count > 5)
            {
                x = TInt8.Broadcast(row5[group]);
                s50 = TInt8.MultiplyAdd(x, w0, s50);
                s51 = TInt8.MultiplyAdd(x, w1, s51);
                if (TInt8.TileVectors > 2)
                {
                    s52 = TInt8.MultiplyAdd(x, w2, s52);
                    s53 = TInt8.MultiplyAdd(x, w3, s53);
                }
            }
        }

        StoreRow(s00, s01, s02, s03, inputs.Scales[0], panel, addends, output, 0);
        if (T.Count > 1)
            StoreRow(s10, s11, s12, s13, inputs.Scales[1], panel, addends, output, outputStride);
        if (T.Count > 2)
            StoreRow(s20, s21, s22, s23, inputs.Scales[2], panel, addends, output, 2 * outputStride);
        if (T.Count > 3)
            StoreRow(s30, s31, s32, s33, inputs.Scales[3], panel, addends, output, 3 * outputStride);
        if (T.Count > 4)
            StoreRow(s40, s41, s42, s43, inputs.Scales[4], panel, addends, output, 4 * outputStride);
        if (T.Count > 5)
            StoreRow(s50, s51, s52, s53, inputs.Scales[5], panel, addends, output, 5 * outputStride);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void StoreRow(
        TSums s0, TSums s1, TSums s2, TSums s3, float scale, in QuantizedPanel panel, float* addends, float* output, nint row)
    {
        addends = addends is null ? null : addends + row;
        Store(s0, 0, scale, panel, addends, output + row);
        Store(s1, TInt8.Lanes, scale, panel, addends, output + row);
        if (TInt8.TileVectors > 2)
        {
            Store(s2, 2 * TInt8.Lanes, scale, panel, addends, output + row);
            Store(s3, 3 * TInt8.Lanes, scale, panel, addends, output + row);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Store(TSums sums, int first, float scale, in QuantizedPanel panel, float* addends, float* output) =>
        TInt8.StoreScaled(sums, scale, panel.Scales + first, panel.Bias + first, addends is null ? null : addends + first, output + first);
}
