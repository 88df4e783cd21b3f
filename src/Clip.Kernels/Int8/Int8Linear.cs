using System.Runtime.CompilerServices;
using Clip.Kernels.Contracts;
using Clip.Kernels.Float32.Memory;
using Clip.Kernels.Float32.Products;
using Clip.Kernels.Float32.Simd;
using Clip.Kernels.Float32.Threads;

namespace Clip.Kernels.Int8;

/// <summary>A linear layer with weights of 8 bits, which multiplies activations that are rounded to 8 bits on the way.</summary>
/// <remarks>
/// <para>
/// Weights have a scale per output, activations one per token, found when they are known: one token with large values, as transformers
/// have them, does not cost the others their digits. Products are summed exactly; the sums are scaled back in float32, where bias, addition and
/// activation follow while the tile is in the first cache. Results depend neither on the batch, nor on threads, nor on the processor's instructions.
/// </para>
/// <para>Source: Dettmers et al. 2022, "LLM.int8()", section 2.1 (vector-wise quantization).</para>
/// </remarks>
/// <typeparam name="TSimd">The arithmetic of float32, whose tiles have as many columns as those of <typeparamref name="TInt8"/>.</typeparam>
/// <typeparam name="TVector">Its vectors.</typeparam>
/// <typeparam name="TInt8">The arithmetic of quantized values.</typeparam>
/// <typeparam name="TSums">Its vectors.</typeparam>
/// <param name="weight">[outputs, inputs].</param>
/// <param name="bias">[outputs], or null.</param>
internal sealed unsafe class Int8Linear<TSimd, TVector, TInt8, TSums>(Tensor weight, Tensor? bias) : IPackedLinear
    where TSimd : struct, ISimd<TVector>
    where TVector : struct
    where TInt8 : struct, IInt8Simd<TSums>
    where TSums : struct
{
    // Rows that pass together: at most 180 kB of activations, which stay in the second cache while the weights go by.
    private const int BlockRows = 60;

    // About 20 microseconds.
    private const nint WorthTaking = 2_000_000;

    private readonly Int8Matrix<TSimd, TVector, TInt8, TSums> _weights = new(weight, bias);

    /// <inheritdoc/>
    public nint Outputs => _weights.Outputs;

    private static int Columns => Int8Tile<TInt8, TSums>.Columns;

    /// <inheritdoc/>
    public nint ScratchLength(nint rows) => rows * (_weights.Groups + 1);

    /// <inheritdoc/>
    public void Compute(
        ThreadTeam team, float* inputs, nint rows, float* outputs, nint outputStride, float* scratch,
        float* addends = null, FusedActivation? activation = null)
    {
        var quantized = new QuantizedRows { First = (int*)(scratch + rows), Groups = _weights.Groups, Scales = scratch };
        Quantize(team.Share(rows), inputs, quantized);
        team.Barrier();

        var (rowGroups, columnGroups) = WorkGrid.Cut(rows, _weights.Panels, team.Size, BlockRows);
        var multiplications = rows * _weights.Inputs * _weights.Outputs / (rowGroups * columnGroups);
        foreach (var chunk in team.Chunks(rowGroups * columnGroups, WorthTaking / nint.Max(1, multiplications)))
        {
            if (rowGroups == 1)
            {
                Multiply(new WorkGrid(new(0, rows), chunk), quantized, outputs, outputStride, addends, activation);
                continue;
            }
            for (var part = chunk.First; part < chunk.End; part++)
            {
                var grid = new WorkGrid(
                    WorkRange.Share(rows, (int)(part % rowGroups), (int)rowGroups),
                    WorkRange.Share(_weights.Panels, (int)(part / rowGroups), (int)columnGroups));
                Multiply(grid, quantized, outputs, outputStride, addends, activation);
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _weights.Dispose();

    private void Quantize(WorkRange rows, float* inputs, QuantizedRows quantized)
    {
        var offset = TInt8.InputsAreUnsigned ? Int8Range.InputLimit : 0;
        for (var row = rows.First; row < rows.End; row++)
        {
            quantized.Scales[row] = RowQuantizer<TSimd, TVector>.Compute(
                inputs + row * _weights.Inputs, _weights.Inputs, Int8Range.InputLimit, offset, (byte*)(quantized.First + row * quantized.Groups));
        }
    }

    private void Multiply(WorkGrid grid, QuantizedRows inputs, float* outputs, nint outputStride, float* addends, FusedActivation? activation)
    {
        for (var first = grid.Rows.First; first < grid.Rows.End; first += BlockRows)
            MultiplyBlock(new(first, nint.Min(grid.Rows.End, first + BlockRows)), grid.Columns, inputs, outputs, outputStride, addends, activation);
    }

    [SkipLocalsInit]
    private void MultiplyBlock(
        WorkRange rows, WorkRange panels, QuantizedRows inputs, float* outputs, nint outputStride, float* addends, FusedActivation? activation)
    {
        var scratch = stackalloc float[TInt8.TileRows * Columns];
        var tiles = (int)(rows.Count + TInt8.TileRows - 1) / TInt8.TileRows;
        nint aheadStep = Columns * sizeof(int) / tiles;
        for (var which = panels.First; which < panels.End; which++)
        {
            var panel = _weights.Panel(which);
            var ahead = (byte*)(which + 1 < panels.End ? panel.Weights + Columns * _weights.Groups : panel.Weights);
            var width = (int)nint.Min(Columns, Outputs - which * Columns);
            for (var tile = 0; tile < tiles; tile++)
            {
                // As even as can be, because small tiles are slower.
                var part = WorkRange.Share(rows.Count, tile, tiles);
                var (row, count) = (rows.First + part.First, (int)part.Count);
                var offset = row * outputStride + which * Columns;
                var addend = addends is null ? null : addends + offset;
                var target = outputs + offset;
                var targetStride = outputStride;
                if (width < Columns)
                {
                    // The tile is wider than what is left of the rows.
                    target = scratch;
                    targetStride = Columns;
                    if (addend is not null)
                    {
                        RowCopy.Copy(addend, outputStride, scratch, Columns, count, width);
                        addend = scratch;
                    }
                }

                Int8Tile<TInt8, TSums>.Compute(count, inputs.From(row), panel, ahead, aheadStep, addend, target, targetStride);
                if (activation is { } function)
                    Activations<TSimd, TVector>.Apply(function, target, targetStride, count);
                if (width < Columns)
                    RowCopy.Copy(scratch, Columns, outputs + offset, outputStride, count, width);
                ahead += aheadStep * _weights.Groups;
            }
        }
    }
}
