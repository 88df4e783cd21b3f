using System.Diagnostics;
using System.Runtime.CompilerServices;
using Clip.Kernels.Contracts;
using Clip.Kernels.Float32.Memory;
using Clip.Kernels.Float32.Simd;
using Clip.Kernels.Float32.Threads;

namespace Clip.Kernels.Float32.Products;

/// <summary>Products of activations and packed weights, with what follows them: bias, residual, activation.</summary>
/// <typeparam name="TSimd">The arithmetic.</typeparam>
/// <typeparam name="TVector">Its vectors.</typeparam>
internal static unsafe class MatrixProduct<TSimd, TVector>
    where TSimd : struct, ISimd<TVector>
    where TVector : struct
{
    // Rows and inputs that pass together: 180 kB of activations, which stay in the second cache while the weights go by.
    private const int BlockRows = 60, BlockInputs = 768;

    // Twice as many where weights are widened for each block: the fewer blocks, the less of that.
    private const int NarrowBlockRows = 2 * BlockRows;

    private const int BytesPerCacheLine = 64;

    // About 20 microseconds.
    private const nint WorthTaking = 1_000_000;

    /// <summary>Computes outputs = activation(inputs · weights + bias + addends).</summary>
    /// <remarks>Every thread of the team calls it and computes its share; the results of the others are there after a barrier.</remarks>
    /// <param name="team">Who works on it.</param>
    /// <param name="inputs">The rows to multiply, as wide as the weights have inputs.</param>
    /// <param name="rows">Number of rows.</param>
    /// <param name="weights">The weights.</param>
    /// <param name="outputs">The first row of the result.</param>
    /// <param name="outputStride">Elements from one row of the result to the next.</param>
    /// <param name="addends">Added before the activation, in the layout of the outputs, which it may be; or null.</param>
    /// <param name="activation">What to compute of the result; null for nothing.</param>
    public static void Compute<TInputs>(
        ThreadTeam team, TInputs inputs, nint rows, PackedMatrix<TSimd, TVector> weights, float* outputs, nint outputStride,
        float* addends = null, FusedActivation? activation = null)
        where TInputs : struct, IInputRows
    {
        var (rowGroups, columnGroups) = WorkGrid.Cut(rows, weights.Panels, team.Size, MostRows(weights));
        var multiplications = rows * weights.Inputs * weights.Panels * TileKernel<TSimd, TVector>.Columns / (rowGroups * columnGroups);
        foreach (var chunk in team.Chunks(rowGroups * columnGroups, WorthTaking / nint.Max(1, multiplications)))
        {
            if (rowGroups == 1)
            {
                Compute(new WorkGrid(new(0, rows), chunk), inputs, weights, outputs, outputStride, addends, activation);
                continue;
            }
            for (var part = chunk.First; part < chunk.End; part++)
            {
                var grid = new WorkGrid(
                    WorkRange.Share(rows, (int)(part % rowGroups), (int)rowGroups), WorkRange.Share(weights.Panels, (int)(part / rowGroups), (int)columnGroups));
                Compute(grid, inputs, weights, outputs, outputStride, addends, activation);
            }
        }
    }

    /// <summary>Computes a part of the product.</summary>
    /// <param name="grid">Rows, and panels of the weights.</param>
    /// <param name="inputs">The rows to multiply, as wide as the weights have inputs.</param>
    /// <param name="weights">The weights.</param>
    /// <param name="outputs">The first row of the whole result.</param>
    /// <param name="outputStride">Elements from one row of the result to the next.</param>
    /// <param name="addends">Added before the activation, in the layout of the outputs, which it may be; or null.</param>
    /// <param name="activation">What to compute of the result; null for nothing.</param>
    [SkipLocalsInit]
    public static void Compute<TInputs>(
        WorkGrid grid, TInputs inputs, PackedMatrix<TSimd, TVector> weights, float* outputs, nint outputStride,
        float* addends = null, FusedActivation? activation = null)
        where TInputs : struct, IInputRows
    {
        if (grid.Rows.Count == 0 || grid.Columns.Count == 0)
            return;
        Debug.Assert(inputs.Segments * inputs.Depth == weights.Inputs, "Rows are as wide as the weights have inputs.");
        Debug.Assert(grid.Columns.End <= weights.Panels, "There are as many panels as the grid names.");

        var (segmentsPerBlock, depthPerBlock) = Blocks(inputs);
        var mostRows = MostRows(weights);
        var table = stackalloc float*[mostRows * segmentsPerBlock];
        var blocks = (int)((grid.Rows.Count + mostRows - 1) / mostRows);
        for (var block = 0; block < blocks; block++)
        {
            var rows = WorkRange.Share(grid.Rows.Count, block, blocks);
            var addend = addends;
            for (var segment = 0; segment < inputs.Segments; segment += segmentsPerBlock)
            {
                for (nint input = 0; input < inputs.Depth; input += depthPerBlock)
                {
                    var part = new Part
                    {
                        FirstRow = grid.Rows.First + rows.First,
                        Rows = (int)rows.Count,
                        Segments = Math.Min(segmentsPerBlock, inputs.Segments - segment),
                        Depth = nint.Min(depthPerBlock, inputs.Depth - input),
                        FirstInput = segment * inputs.Depth + input,
                        IsLast = segment + segmentsPerBlock >= inputs.Segments && input + depthPerBlock >= inputs.Depth,
                    };
                    FillTable(inputs, table, part, segment, input);
                    ComputePart(table, part, grid.Columns, weights, outputs, outputStride, addend, activation);
                    addend = outputs;
                }
            }
        }
    }

    // So few tiles each widen a panel's weights for themselves, which takes less time than to write them down: a short text waits for its weights. Of
    // float16 that is so with vectors of 512 bits.
    private static int MostPassingTiles(WeightFormat format) => format switch
    {
        WeightFormat.BFloat16 => 5,
        WeightFormat.Float16 => TSimd.TileVectors > 2 ? 2 : 0,
        _ => int.MaxValue,
    };

    private static int MostRows(PackedMatrix<TSimd, TVector> weights) => weights.Format == WeightFormat.Float32 ? BlockRows : NarrowBlockRows;

    // Whole segments where they are short, parts of one where it is long.
    private static (int Segments, nint Depth) Blocks<TInputs>(TInputs inputs)
        where TInputs : struct, IInputRows
    {
        if (inputs.Depth <= BlockInputs)
            return ((int)nint.Min(inputs.Segments, nint.Max(1, BlockInputs / inputs.Depth)), inputs.Depth);
        var parts = (inputs.Depth + BlockInputs - 1) / BlockInputs;
        return (1, (inputs.Depth + parts - 1) / parts);
    }

    // In the order in which tiles read it: tile by tile, segment by segment, row by row.
    private static void FillTable<TInputs>(TInputs inputs, float** table, in Part part, int firstSegment, nint firstInput)
        where TInputs : struct, IInputRows
    {
        for (var tile = 0; tile < part.Tiles; tile++)
        {
            var (from, to) = part.RowsOf(tile);
            for (var row = from; row < to; row++)
                inputs.Locate(part.FirstRow + row, firstSegment, part.Segments, firstInput, table + (row - from), to - from);
            table += (to - from) * part.Segments;
        }
    }

    [SkipLocalsInit]
    private static void ComputePart(
        float** table, in Part part, WorkRange panels, PackedMatrix<TSimd, TVector> weights, float* outputs, nint outputStride,
        float* addends, FusedActivation? activation)
    {
        var columns = TileKernel<TSimd, TVector>.Columns;
        var scratch = stackalloc float[TileKernel<TSimd, TVector>.Rows * columns];
        var floor = part.IsLast && activation is { Kind: ActivationKind.Relu } ? 0 : float.NegativeInfinity;
        var elementSize = weights.ElementSize;
        var aheadStep = nint.Max(1, columns * elementSize / part.Tiles);
        var leavesWide = part.Tiles > MostPassingTiles(weights.Format);
        var buffer = stackalloc byte[leavesWide ? BlockInputs * columns * sizeof(float) + BytesPerCacheLine : 1];
        var wide = (float*)((nint)(buffer + BytesPerCacheLine - 1) / BytesPerCacheLine * BytesPerCacheLine);
        for (var panel = panels.First; panel < panels.End; panel++)
        {
            var weight = weights.Panel(panel) + part.FirstInput * columns * elementSize;
            var ahead = panel + 1 < panels.End ? weight + weights.Inputs * columns * elementSize : weight;
            var format = weights.Format;
            var bias = part.IsLast ? weights.Bias(panel) : null;
            var width = (int)nint.Min(columns, weights.Outputs - panel * columns);
            var inputs = table;
            for (var tile = 0; tile < part.Tiles; tile++)
            {
                var (from, to) = part.RowsOf(tile);
                var offset = (part.FirstRow + from) * outputStride + panel * columns;
                var output = outputs + offset;
                var addend = addends is null ? null : addends + offset;
                var target = output;
                var targetStride = outputStride;
                if (width < columns)
                {
                    // The tile is wider than what is left of the rows.
                    target = scratch;
                    targetStride = columns;
                    if (addend is not null)
                    {
                        RowCopy.Copy(addend, outputStride, scratch, columns, to - from, width);
                        addend = scratch;
                    }
                }

                Compute(format, leavesWide, to - from, inputs, part, weight, wide, ahead, aheadStep, bias, addend, floor, target, targetStride);
                if (leavesWide)
                {
                    // The first tile has widened them.
                    format = WeightFormat.Float32;
                    weight = (byte*)wide;
                }
                if (part.IsLast && activation is { Kind: not ActivationKind.Relu } function)
                    Activations<TSimd, TVector>.Apply(function, target, targetStride, to - from);
                if (width < columns)
                    RowCopy.Copy(scratch, columns, output, outputStride, to - from, width);

                inputs += (to - from) * part.Segments;
                ahead += aheadStep * part.Segments * part.Depth / BytesPerCacheLine * BytesPerCacheLine;
            }
        }
    }

    private static void Compute(
        WeightFormat format, bool leavesWide, int rows, float** inputs, in Part part, byte* panel, float* wide, byte* ahead, nint aheadStep,
        float* bias, float* addends, float floor, float* output, nint outputStride)
    {
        switch (format, leavesWide)
        {
            case (WeightFormat.Float16, true): Compute<TileWeights.Float16>(rows, inputs, part, panel, wide, ahead, aheadStep, bias, addends, floor, output, outputStride); break;
            case (WeightFormat.Float16, false): Compute<TileWeights.Passing<TileWeights.Float16>>(rows, inputs, part, panel, wide, ahead, aheadStep, bias, addends, floor, output, outputStride); break;
            case (WeightFormat.BFloat16, true): Compute<TileWeights.BFloat16>(rows, inputs, part, panel, wide, ahead, aheadStep, bias, addends, floor, output, outputStride); break;
            case (WeightFormat.BFloat16, false): Compute<TileWeights.Passing<TileWeights.BFloat16>>(rows, inputs, part, panel, wide, ahead, aheadStep, bias, addends, floor, output, outputStride); break;
            default: Compute<TileWeights.Float32>(rows, inputs, part, panel, wide, ahead, aheadStep, bias, addends, floor, output, outputStride); break;
        }
    }

    private static void Compute<TWeights>(
        int rows, float** inputs, in Part part, byte* panel, float* wide, byte* ahead, nint aheadStep, float* bias, float* addends, float floor, float* output, nint outputStride)
        where TWeights : struct, ITileWeights =>
        TileKernel<TSimd, TVector>.Compute<TWeights>(
            rows, inputs, part.Segments, part.Depth, panel, wide, ahead, aheadStep, bias, addends, floor, output, outputStride);

    /// <summary>Some rows, and some of the inputs they are multiplied by.</summary>
    private readonly struct Part
    {
        public required nint FirstRow { get; init; }

        public required int Rows { get; init; }

        public required int Segments { get; init; }

        public required nint Depth { get; init; }

        public required nint FirstInput { get; init; }

        /// <summary>Whether the sums are complete after it.</summary>
        public required bool IsLast { get; init; }

        public int Tiles => (Rows + TileKernel<TSimd, TVector>.Rows - 1) / TileKernel<TSimd, TVector>.Rows;

        /// <summary>Rows of a tile: as even as can be, because small tiles are slower.</summary>
        public (int From, int To) RowsOf(int tile) => (Rows * tile / Tiles, Rows * (tile + 1) / Tiles);
    }
}
