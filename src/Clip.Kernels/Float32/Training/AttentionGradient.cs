using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Clip.Kernels.Float32.Memory;
using Clip.Kernels.Float32.Operators;
using Clip.Kernels.Float32.Simd;
using Clip.Kernels.Float32.Threads;

namespace Clip.Kernels.Float32.Training;

/// <summary>The backward pass of attention, which computes the weights of the average again.</summary>
/// <remarks>
/// They exist for some queries of one head at a time. A head is computed by one thread, its queries in order, so that sums do not depend on the number
/// of threads. Source: Dao et al. 2022, "FlashAttention", appendix B.2.
/// </remarks>
/// <typeparam name="TSimd">The arithmetic.</typeparam>
/// <typeparam name="TVector">Its vectors.</typeparam>
internal static unsafe class AttentionGradient<TSimd, TVector>
    where TSimd : struct, ISimd<TVector>
    where TVector : struct
{
    // A whole sequence of the usual towers; with it, the weights of a longer one stay in the second cache.
    private const int MostQueries = 80;

    private static int Columns => TileKernel<TSimd, TVector>.Columns;

    /// <summary>Elements of scratch memory that a thread needs.</summary>
    public static nint ScratchLength(nint length, int headSize) =>
        Simd512Half.Saves<TSimd>(length, headSize) ? AttentionGradient<Simd512Half, Vector512<float>>.ScratchLength(length, headSize) : new Buffers(null, length, headSize).Length;

    /// <summary>Computes gradients of queries, keys and values; every thread of the team some of the heads.</summary>
    /// <param name="team">Who works on it.</param>
    /// <param name="heads">The shape.</param>
    /// <param name="projected">Queries, keys and values side by side, [tokens, 3 W].</param>
    /// <param name="attended">What attention gave, [tokens, W].</param>
    /// <param name="gradients">Its gradients, [tokens, W].</param>
    /// <param name="result">Receives gradients of what was projected, [tokens, 3 W].</param>
    /// <param name="scratch">Scratch memory of this thread.</param>
    public static void Compute(ThreadTeam team, in HeadShape heads, float* projected, float* attended, float* gradients, float* result, float* scratch)
    {
        if (Simd512Half.Saves<TSimd>(heads.Rows.Longest, heads.HeadSize))
        {
            AttentionGradient<Simd512Half, Vector512<float>>.Compute(team, heads, projected, attended, gradients, result, scratch);
            return;
        }
        foreach (var units in team.Chunks(heads.Sequences * heads.Heads, least: 1))
        {
            for (var unit = units.First; unit < units.End; unit++)
            {
                var (sequence, channel) = (unit / heads.Heads, unit % heads.Heads * heads.HeadSize);
                var (row, length) = (heads.Rows.First(sequence), heads.Rows.LengthOf(sequence));
                var (first, wide) = (row * heads.Width + channel, row * 3 * heads.Width + channel);
                ComputeHead(heads, length, projected + wide, attended + first, gradients + first, result + wide, new Buffers(scratch, length, heads.HeadSize));
            }
        }
    }

    private static void ComputeHead(in HeadShape heads, nint length, float* queries, float* attended, float* gradients, float* result, in Buffers to)
    {
        var (size, width, stride) = ((nint)heads.HeadSize, heads.Width, 3 * heads.Width);
        var keys = queries + width;
        var values = keys + width;
        Panels<TSimd, TVector>.PackAllTransposed(keys, stride, size, length, to.KeyColumns);
        Panels<TSimd, TVector>.PackAllTransposed(values, stride, size, length, to.ValueColumns);
        Panels<TSimd, TVector>.PackAlone(keys, stride, length, size, to.KeyRows);

        // Tiles that are no wider than a head leave their results where they belong.
        var fits = to.PaddedSize == size;
        var ofKeys = fits ? result + width : to.KeyGradients;
        var ofValues = fits ? ofKeys + width : to.ValueGradients;
        var gradientStride = fits ? stride : to.PaddedSize;
        var blocks = (int)((length + MostQueries - 1) / MostQueries);
        if (blocks > 1)
        {
            for (nint row = 0; row < length; row++)
            {
                new Span<float>(ofKeys + row * gradientStride, heads.HeadSize).Clear();
                new Span<float>(ofValues + row * gradientStride, heads.HeadSize).Clear();
            }
        }
        for (var block = 0; block < blocks; block++)
        {
            var range = WorkRange.Share(length, block, blocks);
            var visible = heads.Causal ? range.End : length;
            var from = queries + range.First * stride;
            var ofOutput = gradients + range.First * width;
            ComputeWeights(heads, range, visible, from, attended + range.First * width, ofOutput, to);
            SendToQueries(range.Count, visible, length, result + range.First * stride, stride, size, to);
            SendToRows(to.Logits, range.Count, visible, from, stride, size, ofKeys, gradientStride, blocks > 1, to);
            SendToRows(to.Weights, range.Count, visible, ofOutput, width, size, ofValues, gradientStride, blocks > 1, to);
        }
        if (fits)
            return;
        RowCopy.Copy(ofKeys, gradientStride, result + width, stride, length, heads.HeadSize);
        RowCopy.Copy(ofValues, gradientStride, result + 2 * width, stride, length, heads.HeadSize);
    }

    // The weights of the average, and gradients of the products of queries with keys in place of the logits.
    private static void ComputeWeights(
        in HeadShape heads, WorkRange range, nint visible, float* queries, float* attended, float* gradients, in Buffers to)
    {
        var (size, width) = ((nint)heads.HeadSize, heads.Width);
        var panels = Panels<TSimd, TVector>.Count(visible);
        PanelProduct<TSimd, TVector>.ComputeAlone(queries, 3 * width, range.Count, size, to.KeyColumns, size, panels, to.Weights, to.PaddedLength, false);
        PanelProduct<TSimd, TVector>.ComputeAlone(gradients, width, range.Count, size, to.ValueColumns, size, panels, to.Logits, to.PaddedLength, false);
        for (nint query = 0; query < range.Count; query++)
        {
            var weights = to.Weights + query * to.PaddedLength;
            var logits = to.Logits + query * to.PaddedLength;
            Softmax<TSimd, TVector>.Compute(weights, heads.Causal ? range.First + query + 1 : visible, panels * Columns, heads.Scale, null);
            SendBackSoftmax(weights, logits, panels * Columns, heads.Scale, Dot(gradients + query * width, attended + query * width, size));
        }
    }

    private static void SendToQueries(nint count, nint visible, nint length, float* result, nint stride, nint size, in Buffers to)
    {
        var fits = to.PaddedSize == size;
        var target = fits ? result : to.QueryGradients;
        PanelProduct<TSimd, TVector>.ComputeAlone(
            to.Logits, to.PaddedLength, count, visible, to.KeyRows, length, Panels<TSimd, TVector>.Count(size), target, fits ? stride : to.PaddedSize, false);
        if (!fits)
            RowCopy.Copy(target, to.PaddedSize, result, stride, count, (int)size);
    }

    // What each key or value gets of all queries.
    private static void SendToRows(
        float* matrix, nint count, nint visible, float* rows, nint rowStride, nint size, float* result, nint stride, bool accumulate, in Buffers to)
    {
        Transposition.Copy(matrix, to.PaddedLength, count, visible, to.Transposed, MostQueries);
        Panels<TSimd, TVector>.PackAlone(rows, rowStride, count, size, to.Rows);
        PanelProduct<TSimd, TVector>.ComputeAlone(
            to.Transposed, MostQueries, visible, count, to.Rows, count, Panels<TSimd, TVector>.Count(size), result, stride, accumulate);
    }

    /// <summary>Gradients of weights become those of the products of queries with keys: scale · weight · (gradient - mean gradient).</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void SendBackSoftmax(float* weights, float* gradients, nint count, float scale, float mean)
    {
        var (scales, means) = (TSimd.Broadcast(scale), TSimd.Broadcast(mean));
        for (nint i = 0; i < count; i += TSimd.Lanes)
        {
            var difference = TSimd.Subtract(TSimd.Load(gradients + i), means);
            TSimd.Store(TSimd.Multiply(TSimd.Multiply(TSimd.Load(weights + i), difference), scales), gradients + i);
        }
    }

    /// <summary>The product of a query's output with the output's gradient, which is the mean gradient of its weights.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static float Dot(float* a, float* b, nint count)
    {
        var sums = default(TVector);
        nint i = 0;
        for (; i <= count - TSimd.Lanes; i += TSimd.Lanes)
            sums = TSimd.MultiplyAdd(TSimd.Load(a + i), TSimd.Load(b + i), sums);
        var sum = TSimd.Sum(sums);
        for (; i < count; i++)
            sum += a[i] * b[i];
        return sum;
    }

    // Where a head's intermediate results lie.
    private readonly struct Buffers(float* first, nint length, int headSize)
    {
        public nint PaddedLength { get; } = Panels<TSimd, TVector>.Padded(length);

        public nint PaddedSize { get; } = Panels<TSimd, TVector>.Padded(headSize);

        public float* KeyColumns => first;

        public float* ValueColumns => KeyColumns + PaddedLength * headSize;

        public float* KeyRows => ValueColumns + PaddedLength * headSize;

        public float* Weights => KeyRows + length * PaddedSize;

        public float* Logits => Weights + MostQueries * PaddedLength;

        public float* Transposed => Logits + MostQueries * PaddedLength;

        public float* Rows => Transposed + MostQueries * PaddedLength;

        public float* QueryGradients => Rows + MostQueries * PaddedSize;

        public float* KeyGradients => QueryGradients + MostQueries * PaddedSize;

        public float* ValueGradients => KeyGradients + length * PaddedSize;

        public nint Length => (nint)(ValueGradients + length * PaddedSize - first);
    }
}
