using System.Runtime.Intrinsics;
using Clip.Kernels.Float32.Memory;
using Clip.Kernels.Float32.Simd;
using Clip.Kernels.Float32.Threads;

namespace Clip.Kernels.Float32.Operators;

/// <summary>Attention of several heads: softmax(scale · queries · keys) · values.</summary>
/// <remarks>Source: Vaswani et al. 2017, section 3.2. Logits exist for a few queries at a time and never leave the caches.</remarks>
/// <typeparam name="TSimd">The arithmetic.</typeparam>
/// <typeparam name="TVector">Its vectors.</typeparam>
internal static unsafe class Attention<TSimd, TVector>
    where TSimd : struct, ISimd<TVector>
    where TVector : struct
{
    /// <summary>Elements of scratch memory that a thread needs.</summary>
    public static nint ScratchLength(nint length, int headSize)
    {
        if (Simd512Half.Saves<TSimd>(length, headSize))
            return Attention<Simd512Half, Vector512<float>>.ScratchLength(length, headSize);
        var (paddedLength, paddedSize) = (Padded(length), Padded(headSize));
        return paddedLength * headSize + length * paddedSize + TileKernel<TSimd, TVector>.Rows * paddedLength + TileKernel<TSimd, TVector>.Rows * paddedSize;
    }

    /// <summary>Computes attention; every thread of the team some of the heads.</summary>
    /// <param name="team">Who works on it.</param>
    /// <param name="inputs">Queries, keys and values.</param>
    /// <param name="heads">Number of heads.</param>
    /// <param name="headSize">Channels of a head.</param>
    /// <param name="output">[sequences · QueriesPerSequence, heads · headSize].</param>
    /// <param name="scratch">Scratch memory of this thread.</param>
    public static void Compute(ThreadTeam team, in AttentionInputs inputs, int heads, int headSize, float* output, float* scratch)
    {
        if (Simd512Half.Saves<TSimd>(inputs.Length, headSize))
        {
            Attention<Simd512Half, Vector512<float>>.Compute(team, inputs, heads, headSize, output, scratch);
            return;
        }
        // Where there are fewer heads than threads, several take the queries of one.
        var total = inputs.Sequences * heads;
        var parts = (int)nint.Clamp(team.Size / nint.Max(1, total), 1, inputs.QueriesPerSequence);
        foreach (var units in team.Chunks(total * parts, least: 1))
        {
            for (var unit = units.First; unit < units.End; unit++)
            {
                var (part, which) = ((int)(unit % parts), unit / parts);
                var queries = WorkRange.Share(inputs.QueriesPerSequence, part, parts);
                ComputeHead(inputs, queries, which / heads, (int)(which % heads), heads, headSize, output, scratch);
            }
        }
    }

    private static void ComputeHead(in AttentionInputs inputs, WorkRange queries, nint sequence, int head, int heads, int headSize, float* output, float* scratch)
    {
        var (length, width) = (inputs.Length, (nint)heads * headSize);
        var (paddedLength, paddedSize) = (Padded(length), Padded(headSize));
        var keys = scratch;                                                                          // [panels, headSize, Columns]
        var values = keys + paddedLength * headSize;                                                 // [panels, length, Columns]
        var weights = values + length * paddedSize;                                                  // [Rows, paddedLength]
        var tile = weights + TileKernel<TSimd, TVector>.Rows * paddedLength;                                            // [Rows, paddedSize]
        var first = sequence * length * inputs.KeyStride + head * headSize;
        PackKeys(inputs.Keys + first, inputs.KeyStride, length, headSize, keys);
        PackValues(inputs.Values + first, inputs.KeyStride, length, headSize, values);

        for (var query = queries.First; query < queries.End; query += TileKernel<TSimd, TVector>.Rows)
        {
            var rows = (int)nint.Min(TileKernel<TSimd, TVector>.Rows, queries.End - query);
            var row = sequence * inputs.QueriesPerSequence + query;
            var visible = inputs.Causal ? inputs.Position(sequence, query + rows - 1) + 1 : length;
            ComputeLogits(inputs.Queries + row * inputs.QueryStride + head * headSize, inputs.QueryStride, rows, keys, headSize, visible, weights, paddedLength);
            for (var i = 0; i < rows; i++)
            {
                var position = inputs.Position(sequence, query + i);
                Softmax<TSimd, TVector>.Compute(
                    weights + i * paddedLength, inputs.Causal ? position + 1 : length, paddedLength, inputs.Scale, inputs.MaskOf(sequence, query + i, head));
            }
            Average(weights, paddedLength, rows, visible, values, length, tile, paddedSize);
            RowCopy.Copy(tile, paddedSize, output + row * width + head * headSize, width, rows, headSize);
        }
    }

    private static void ComputeLogits(
        float* queries, nint stride, int rows, float* keys, int headSize, nint visible, float* logits, nint logitStride)
    {
        var columns = TileKernel<TSimd, TVector>.Columns;
        var inputs = stackalloc float*[TileKernel<TSimd, TVector>.Rows];
        for (var row = 0; row < rows; row++)
            inputs[row] = queries + row * stride;
        for (nint key = 0; key < visible; key += columns)
        {
            var panel = keys + key * headSize;
            TileKernel<TSimd, TVector>.Compute(rows, inputs, 1, headSize, panel, (byte*)panel, 0, null, null, float.NegativeInfinity, logits + key, logitStride);
        }
    }

    private static void Average(
        float* weights, nint weightStride, int rows, nint visible, float* values, nint length, float* output, nint outputStride)
    {
        var inputs = stackalloc float*[TileKernel<TSimd, TVector>.Rows];
        for (var row = 0; row < rows; row++)
            inputs[row] = weights + row * weightStride;
        for (nint column = 0; column < outputStride; column += TileKernel<TSimd, TVector>.Columns)
        {
            var panel = values + column * length;
            TileKernel<TSimd, TVector>.Compute(rows, inputs, 1, visible, panel, (byte*)panel, 0, null, null, float.NegativeInfinity, output + column, outputStride);
        }
    }

    // Panels as a product of matrices reads them: for each channel in turn, the keys of a panel. What fills the last panel up is never looked at.
    private static void PackKeys(float* keys, nint stride, nint length, int headSize, float* packed)
    {
        var columns = TileKernel<TSimd, TVector>.Columns;
        for (nint key = 0; key < length; key += columns)
            Transposition.Copy(keys + key * stride, stride, nint.Min(columns, length - key), headSize, packed + key * headSize, columns);
    }

    // The same for the average: for each key in turn, the channels of a panel.
    private static void PackValues(float* values, nint stride, nint length, int headSize, float* packed)
    {
        var columns = TileKernel<TSimd, TVector>.Columns;
        for (nint column = 0; column < headSize; column += columns)
            RowCopy.Copy(values + column, stride, packed + column * length, columns, length, (int)nint.Min(columns, headSize - column));
    }

    private static nint Padded(nint count) => (count + TileKernel<TSimd, TVector>.Columns - 1) / TileKernel<TSimd, TVector>.Columns * TileKernel<TSimd, TVector>.Columns;
}
