namespace Clip.Kernels.Float32.Simd;

/// <summary>The innermost part of a matrix product: a tile of the result stays in registers while a panel of the weights passes once.</summary>
/// <remarks>
/// <para>
/// Each element is summed over all inputs in one order, alone: it does not depend on the tile, the batch or the number of threads it was computed with.
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

    /// <summary>Computes a tile of inputs times panel, plus bias, plus another matrix, cut off below.</summary>
    /// <typeparam name="TWeights">How the panel holds the weights.</typeparam>
    /// <param name="rows">Rows of the tile, 1 to <see cref="Rows"/>.</param>
    /// <param name="inputs">Where the tile's rows of the input begin: <paramref name="rows"/> pointers for each segment.</param>
    /// <param name="segments">Pieces in which an input row lies in memory.</param>
    /// <param name="depth">Elements in a piece.</param>
    /// <param name="panel">Weights [segments · depth, Columns].</param>
    /// <param name="wide">Receives the weights in float32, where the panel's are narrower.</param>
    /// <param name="ahead">Memory that is needed soon; some of it is brought into the cache.</param>
    /// <param name="aheadStep">Bytes of it per row of the panel.</param>
    /// <param name="bias">Added to every row, [Columns]; or null.</param>
    /// <param name="addends">Added, laid out like the output, which it may be; or null.</param>
    /// <param name="floor">The least result: 0 for ReLU, negative infinity for what there is.</param>
    /// <param name="output">The tile's first element; whole rows of the tile are written.</param>
    /// <param name="outputStride">Elements from one row of the output to the next.</param>
    public static void Compute<TWeights>(
        int rows, float** inputs, nint segments, nint depth, byte* panel, float* wide, byte* ahead, nint aheadStep,
        float* bias, float* addends, float floor, float* output, nint outputStride)
        where TWeights : struct, ITileWeights
    {
        switch (rows)
        {
            case 6: TSimd.ComputeTile<TileRows.Six, TWeights>(inputs, segments, depth, panel, wide, ahead, aheadStep, bias, addends, floor, output, outputStride); break;
            case 5: TSimd.ComputeTile<TileRows.Five, TWeights>(inputs, segments, depth, panel, wide, ahead, aheadStep, bias, addends, floor, output, outputStride); break;
            case 4: TSimd.ComputeTile<TileRows.Four, TWeights>(inputs, segments, depth, panel, wide, ahead, aheadStep, bias, addends, floor, output, outputStride); break;
            case 3: TSimd.ComputeTile<TileRows.Three, TWeights>(inputs, segments, depth, panel, wide, ahead, aheadStep, bias, addends, floor, output, outputStride); break;
            case 2: TSimd.ComputeTile<TileRows.Two, TWeights>(inputs, segments, depth, panel, wide, ahead, aheadStep, bias, addends, floor, output, outputStride); break;
            default: TSimd.ComputeTile<TileRows.One, TWeights>(inputs, segments, depth, panel, wide, ahead, aheadStep, bias, addends, floor, output, outputStride); break;
        }
    }

    /// <summary>The same with a panel in float32.</summary>
    public static void Compute(
        int rows, float** inputs, nint segments, nint depth, float* panel, byte* ahead, nint aheadStep,
        float* bias, float* addends, float floor, float* output, nint outputStride) =>
        Compute<TileWeights.Float32>(rows, inputs, segments, depth, (byte*)panel, null, ahead, aheadStep, bias, addends, floor, output, outputStride);
}
