using System.Runtime.CompilerServices;
using Clip.Kernels.Float32.Simd;
using Clip.Kernels.Float32.Threads;

namespace Clip.Kernels.Float32.Operators;

/// <summary>The mean of rows.</summary>
/// <typeparam name="TSimd">The arithmetic.</typeparam>
/// <typeparam name="TVector">Its vectors.</typeparam>
internal static unsafe class RowMeans<TSimd, TVector>
    where TSimd : struct, ISimd<TVector>
    where TVector : struct
{
    /// <summary>Computes the mean of some columns.</summary>
    /// <param name="rows">The rows, [count, width].</param>
    /// <param name="count">How many there are.</param>
    /// <param name="width">Numbers of a row.</param>
    /// <param name="columns">Which columns.</param>
    /// <param name="means">Where to write the means, [width].</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Compute(float* rows, nint count, nint width, WorkRange columns, float* means)
    {
        var i = columns.First;
        for (; i <= columns.End - TSimd.Lanes; i += TSimd.Lanes)
        {
            var sum = default(TVector);
            for (nint row = 0; row < count; row++)
                sum = TSimd.Add(sum, TSimd.Load(rows + row * width + i));
            TSimd.Store(TSimd.Divide(sum, TSimd.Broadcast(count)), means + i);
        }
        for (; i < columns.End; i++)
        {
            var sum = 0f;
            for (nint row = 0; row < count; row++)
                sum += rows[row * width + i];
            means[i] = sum / count;
        }
    }
}
