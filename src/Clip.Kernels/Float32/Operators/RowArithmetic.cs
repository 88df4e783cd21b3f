using System.Runtime.CompilerServices;
using Clip.Kernels.Float32.Simd;
using Clip.Kernels.Float32.Threads;

namespace Clip.Kernels.Float32.Operators;

/// <summary>Sums and products of rows, element by element.</summary>
/// <typeparam name="TSimd">The arithmetic.</typeparam>
/// <typeparam name="TVector">Its vectors.</typeparam>
internal static unsafe class RowArithmetic<TSimd, TVector>
    where TSimd : struct, ISimd<TVector>
    where TVector : struct
{
    /// <summary>Adds rows [rows, width] to others.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Add(WorkRange rows, nint width, float* target, float* addends)
    {
        var end = rows.End * width;
        var i = rows.First * width;
        for (; i <= end - TSimd.Lanes; i += TSimd.Lanes)
            TSimd.Store(TSimd.Add(TSimd.Load(target + i), TSimd.Load(addends + i)), target + i);
        for (; i < end; i++)
            target[i] += addends[i];
    }

    /// <summary>Multiplies rows [rows, width] by others.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Multiply(WorkRange rows, nint width, float* target, float* factors)
    {
        var end = rows.End * width;
        var i = rows.First * width;
        for (; i <= end - TSimd.Lanes; i += TSimd.Lanes)
            TSimd.Store(TSimd.Multiply(TSimd.Load(target + i), TSimd.Load(factors + i)), target + i);
        for (; i < end; i++)
            target[i] *= factors[i];
    }
}
