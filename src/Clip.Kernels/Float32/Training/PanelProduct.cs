using System.Runtime.CompilerServices;
using Clip.Kernels.Float32.Memory;
using Clip.Kernels.Float32.Simd;
using Clip.Kernels.Float32.Threads;

namespace Clip.Kernels.Float32.Training;

/// <summary>Products of rows and panels for forward and backward passes.</summary>
/// <remarks>
/// An element is summed in parts that depend on the depth alone, each part in order: it is the same for all numbers of threads and rows. Rounding
/// grows with the length of a part and the number of parts rather than with the depth, which may be all tokens of a batch.
/// </remarks>
/// <typeparam name="TSimd">The arithmetic.</typeparam>
/// <typeparam name="TVector">Its vectors.</typeparam>
internal static unsafe class PanelProduct<TSimd, TVector>
    where TSimd : struct, ISimd<TVector>
    where TVector : struct
{
    // 150 kB of rows, which stay in the second cache while the panels go by; a panel's part is 100 kB at most.
    private const int BlockRows = 96, BlockDepth = 384;

    private const int BytesPerCacheLine = 64;

    // Pieces for each thread, where there are enough: the more, the smaller the last.
    private const int PiecesPerThread = 4;

    // About 20 microseconds.
    private const nint WorthTaking = 1_000_000;

    private static int Columns => TileKernel<TSimd, TVector>.Columns;

    /// <summary>Computes output = end(rows · panels + bias + addends).</summary>
    /// <remarks>Every thread of the team calls it and computes its share; the results of the others are there after a barrier.</remarks>
    /// <param name="team">Who works on it.</param>
    /// <param name="rows">The first row.</param>
    /// <param name="stride">Elements from one row to the next.</param>
    /// <param name="count">How many rows.</param>
    /// <param name="depth">Elements of a row.</param>
    /// <param name="panels">What they are multiplied by, packed.</param>
    /// <param name="outputs">Columns of the result.</param>
    /// <param name="output">[count, outputs], dense.</param>
    /// <param name="bias">[outputs]; or null.</param>
    /// <param name="addends">Added, in the layout of the output, which it may be; or null.</param>
    /// <param name="end">What happens to complete sums.</param>
    public static void Compute<TEnd>(
        ThreadTeam team, float* rows, nint stride, nint count, nint depth, float* panels, nint outputs, float* output, float* bias, float* addends, TEnd end)
        where TEnd : struct, ITileEnd
    {
        var panelCount = Panels<TSimd, TVector>.Count(outputs);
        var rowGroups = (count + BlockRows - 1) / BlockRows;
        var wanted = team.Size == 1 ? 1 : PiecesPerThread * team.Size;
        var panelGroups = nint.Clamp((wanted + rowGroups - 1) / rowGroups, 1, panelCount);
        var pieces = rowGroups * panelGroups;
        foreach (var chunk in team.Chunks(pieces, WorthTaking / nint.Max(1, count * depth * outputs / pieces) + 1))
        {
            for (var piece = chunk.First; piece < chunk.End; piece++)
            {
                var grid = new WorkGrid(
                    WorkRange.Share(count, (int)(piece / panelGroups), (int)rowGroups), WorkRange.Share(panelCount, (int)(piece % panelGroups), (int)panelGroups));
                ComputePiece(grid, rows, stride, depth, panels, outputs, output, bias, addends, end);
            }
        }
    }

    /// <summary>Computes output = rows · panels (+ output) on the calling thread; rows of the output are as wide as all panels.</summary>
    /// <param name="rows">The first row.</param>
    /// <param name="stride">Elements from one row to the next.</param>
    /// <param name="count">How many rows.</param>
    /// <param name="depth">Elements of a row.</param>
    /// <param name="panels">What they are multiplied by.</param>
    /// <param name="panelDepth">Inputs that the panels have, at least <paramref name="depth"/>.</param>
    /// <param name="panelCount">How many panels.</param>
    /// <param name="output">The first row of the result.</param>
    /// <param name="outputStride">Elements from one row of the result to the next.</param>
    /// <param name="accumulate">Whether the product is added to what is there.</param>
    public static void ComputeAlone(
        float* rows, nint stride, nint count, nint depth, float* panels, nint panelDepth, nint panelCount, float* output, nint outputStride, bool accumulate)
    {
        var inputs = stackalloc float*[TileKernel<TSimd, TVector>.Rows];
        var tiles = (count + TileKernel<TSimd, TVector>.Rows - 1) / TileKernel<TSimd, TVector>.Rows;
        for (nint panel = 0; panel < panelCount; panel++)
        {
            var factors = panels + panel * panelDepth * Columns;
            for (nint tile = 0; tile < tiles; tile++)
            {
                var (from, to) = (count * tile / tiles, count * (tile + 1) / tiles);
                for (var row = from; row < to; row++)
                    inputs[row - from] = rows + row * stride;
                var target = output + from * outputStride + panel * Columns;
                TileKernel<TSimd, TVector>.Compute(
                    (int)(to - from), inputs, 1, depth, factors, (byte*)factors, 0, null, accumulate ? target : null, float.NegativeInfinity, target, outputStride);
            }
        }
    }

    [SkipLocalsInit]
    private static void ComputePiece<TEnd>(
        WorkGrid grid, float* rows, nint stride, nint depth, float* panels, nint outputs, float* output, float* bias, float* addends, TEnd end)
        where TEnd : struct, ITileEnd
    {
        var (columns, tileRows) = (Columns, TileKernel<TSimd, TVector>.Rows);
        var scratch = stackalloc float[tileRows * columns];
        var lastBias = stackalloc float[columns];
        var inputs = stackalloc float*[tileRows];
        var parts = nint.Max(1, (depth + BlockDepth - 1) / BlockDepth);
        var tiles = (grid.Rows.Count + tileRows - 1) / tileRows;
        var aheadStep = nint.Max(1, columns * sizeof(float) / nint.Max(1, tiles));
        for (nint part = 0; part < parts; part++)
        {
            var range = WorkRange.Share(depth, (int)part, (int)parts);
            var isLast = part == parts - 1;
            for (var panel = grid.Columns.First; panel < grid.Columns.End; panel++)
            {
                var factors = panels + (panel * depth + range.First) * columns;
                var ahead = (byte*)(panel + 1 < grid.Columns.End ? factors + depth * columns : factors);
                var width = (int)nint.Min(columns, outputs - panel * columns);
                var panelBias = isLast && bias is not null ? bias + panel * columns : null;
                if (panelBias is not null && width < columns)
                {
                    new Span<float>(lastBias, columns).Clear();
                    RowCopy.Copy(panelBias, 0, lastBias, 0, 1, width);
                    panelBias = lastBias;
                }
                for (nint tile = 0; tile < tiles; tile++)
                {
                    var (from, to) = (grid.Rows.First + grid.Rows.Count * tile / tiles, grid.Rows.First + grid.Rows.Count * (tile + 1) / tiles);
                    var height = (int)(to - from);
                    for (var row = from; row < to; row++)
                        inputs[row - from] = rows + row * stride + range.First;
                    var offset = from * outputs + panel * columns;
                    var addend = part > 0 ? output + offset : addends is null ? null : addends + offset;
                    var target = output + offset;
                    var targetStride = outputs;
                    if (width < columns)
                    {
                        // The tile is wider than what is left of the rows.
                        target = scratch;
                        targetStride = columns;
                        if (addend is not null)
                        {
                            RowCopy.Copy(addend, outputs, scratch, columns, height, width);
                            addend = scratch;
                        }
                    }
                    TileKernel<TSimd, TVector>.Compute(
                        height, inputs, 1, range.Count, factors, ahead, aheadStep, panelBias, addend, float.NegativeInfinity, target, targetStride);
                    if (width < columns)
                        RowCopy.Copy(scratch, columns, output + offset, outputs, height, width);
                    if (isLast)
                        end.Finish(output + offset, outputs, from, panel * columns, height, width);
                    ahead += aheadStep * range.Count / BytesPerCacheLine * BytesPerCacheLine;
                }
            }
        }
    }
}
