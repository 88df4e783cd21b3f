using System.Runtime.CompilerServices;
using Clip.Kernels.Float32.Simd;

namespace Clip.Kernels.Float32.Operators;

/// <summary>Softmax of attention logits.</summary>
/// <typeparam name="TSimd">The arithmetic.</typeparam>
/// <typeparam name="TVector">Its vectors.</typeparam>
internal static unsafe class Softmax<TSimd, TVector>
    where TSimd : struct, ISimd<TVector>
    where TVector : struct
{
    /// <summary>Computes softmax(scale · logits + mask) in place.</summary>
    /// <param name="logits">A row of logits.</param>
    /// <param name="visible">How many of them count, at least 1.</param>
    /// <param name="length">Elements of the row, a multiple of the lanes; those that do not count become 0.</param>
    /// <param name="scale">Factor, above 0.</param>
    /// <param name="mask">Added to the scaled logits, as many as count; or null.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Compute(float* logits, nint visible, nint length, float scale, float* mask)
    {
        if (mask is not null)
        {
            var factor = TSimd.Broadcast(1 / scale);
            nint i = 0;
            for (; i + TSimd.Lanes <= visible; i += TSimd.Lanes)
                TSimd.Store(TSimd.MultiplyAdd(TSimd.Load(mask + i), factor, TSimd.Load(logits + i)), logits + i);
            for (; i < visible; i++)
                logits[i] = MathF.FusedMultiplyAdd(mask[i], 1 / scale, logits[i]);
        }

        var vectors = visible / TSimd.Lanes * TSimd.Lanes;
        var largest = TSimd.Broadcast(float.NegativeInfinity);
        for (nint i = 0; i < vectors; i += TSimd.Lanes)
            largest = TSimd.Max(largest, TSimd.Load(logits + i));
        var max = TSimd.Largest(largest);
        for (var i = vectors; i < visible; i++)
            max = float.MaxNative(max, logits[i]);

        var (scales, maximum) = (TSimd.Broadcast(scale), TSimd.Broadcast(max));
        for (nint i = 0; i < visible; i += TSimd.Lanes)
        {
            var shifted = TSimd.Multiply(TSimd.Subtract(TSimd.Load(logits + i), maximum), scales);
            TSimd.Store(SimdMath<TSimd, TVector>.Exp(shifted), logits + i);
        }
        new Span<float>(logits + visible, (int)(length - visible)).Clear();

        var sums = default(TVector);
        for (nint i = 0; i < visible; i += TSimd.Lanes)
            sums = TSimd.Add(sums, TSimd.Load(logits + i));
        var inverse = TSimd.Broadcast(1 / TSimd.Sum(sums));
        for (nint i = 0; i < visible; i += TSimd.Lanes)
            TSimd.Store(TSimd.Multiply(TSimd.Load(logits + i), inverse), logits + i);
    }
}
