using System.Runtime.CompilerServices;
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
    public static nint ScratchLength(nint length, int headSize) => new Buffers(null, length, headSize).Length;

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
        new Span<float>(to.KeyGradients, checked((int)(2 * length * to.PaddedSize))).Clear();      // and of the values behind them

        var blocks = (int)((length + MostQueries - 1) / MostQueries);
        for (var block = 0; block < blocks; block++)
        {
            var range = WorkRange.Share(length, block, blocks);
            var visible = heads.Causal ? range.End : length;
            ComputeQueries(
                heads, range, length, visible, queries + range.First * stride, attended + range.First * width, gradients + range.First * width,
                result + range.First * stride, to);
        }
        RowCopy.Copy(to.KeyGradients, to.PaddedSize, result + width, stride, length, heads.HeadSize);
        RowCopy.Copy(to.ValueGradients, to.PaddedSize, result + 2 * width, stride, length, heads.HeadSize);
    }

    private static void ComputeQueries(
        in HeadShape heads, WorkRange range, nint length, nint visible, float* queries, float* attended, float* gradients, float* result, in Buffers to)
    {
        var (count, size, width, stride) = (range.Count, (nint)heads.HeadSize, heads.Width, 3 * heads.Width);
        var (panels, sizePanels) = (Panels<TSimd, TVector>.Count(visible), Panels<TSimd, TVector>.Count(size));
        PanelProduct<TSimd, TVector>.ComputeAlone(queries, stride, count, size, to.KeyColumns, size, panels, to.Weights, to.PaddedLength, false);
        PanelProduct<TSimd, TVector>.ComputeAlone(gradients, width, count, size, to.ValueColumns, size, panels, to.Logits, to.PaddedLength, false);
        for (nint query = 0; query < count; query++)
        {
            var weights = to.Weights + query * to.PaddedLength;
            var logits = to.Logits + query * to.PaddedLength;
            Softmax<TSimd, TVector>.Compute(weights, heads.Causal ? range.First + query + 1 : visible, panels * Columns, heads.Scale, null);
            SendBackSoftmax(weights, logits, panels * Columns, heads.Scale, Dot(gradients + query * width, attended + query * width, size));
        }

        PanelProduct<TSimd, TVector>.ComputeAlone(
            to.Logits, to.PaddedLength, count, visible, to.KeyRows, length, sizePanels, to.QueryGradients, to.PaddedSize, false);
        RowCopy.Copy(to.QueryGradients, to.PaddedSize, result, stride, count, heads.HeadSize);

        Transposition.Copy(to.Logits, to.PaddedLength, count, visible, to.Transposed, MostQueries);
        Panels<TSimd, TVector>.PackAlone(queries, stride, count, size, to.Rows);
        PanelProduct<TSimd, TVector>.ComputeAlone(
            to.Transposed, MostQueries, visible, count, to.Rows, count, sizePanels, to.KeyGradients, to.PaddedSize, true);

        Transposition.Copy(to.Weights, to.PaddedLength, count, visible, to.Transposed, MostQueries);
        Panels<TSimd, TVector>.PackAlone(gradients, width, count, size, to.Rows);
        PanelProduct<TSimd, TVector>.ComputeAlone(
            to.Transposed, MostQueries, visible, count, to.Rows, count, sizePanels, to.ValueGradients, to.PaddedSize, true);
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
