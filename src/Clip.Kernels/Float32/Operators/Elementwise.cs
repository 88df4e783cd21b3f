using System.Runtime.CompilerServices;
using Clip.Kernels.Float32.Simd;

namespace Clip.Kernels.Float32.Operators;

/// <summary>Functions of single elements.</summary>
/// <typeparam name="TSimd">The arithmetic.</typeparam>
/// <typeparam name="TVector">Its vectors.</typeparam>
internal static unsafe class Elementwise<TSimd, TVector>
    where TSimd : struct, ISimd<TVector>
    where TVector : struct
{
    /// <summary>x · Φ(x), in place.</summary>
    /// <param name="x">The first element.</param>
    /// <param name="count">How many.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Gelu(float* x, nint count)
    {
        nint i = 0;
        for (; i <= count - TSimd.Lanes; i += TSimd.Lanes)
            TSimd.Store(SimdMath<TSimd, TVector>.Gelu(TSimd.Load(x + i)), x + i);
        if (i == count)
            return;
        var rest = stackalloc float[TSimd.Lanes];
        CopyRest(x + i, rest, count - i);
        TSimd.Store(SimdMath<TSimd, TVector>.Gelu(TSimd.Load(rest)), rest);
        new Span<float>(rest, (int)(count - i)).CopyTo(new Span<float>(x + i, (int)(count - i)));
    }

    /// <summary>1 / (1 + exp(-x)), in place.</summary>
    /// <param name="x">The first element.</param>
    /// <param name="count">How many.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Sigmoid(float* x, nint count)
    {
        nint i = 0;
        for (; i <= count - TSimd.Lanes; i += TSimd.Lanes)
            TSimd.Store(Sigmoid(TSimd.Load(x + i)), x + i);
        if (i == count)
            return;
        var rest = stackalloc float[TSimd.Lanes];
        CopyRest(x + i, rest, count - i);
        TSimd.Store(Sigmoid(TSimd.Load(rest)), rest);
        new Span<float>(rest, (int)(count - i)).CopyTo(new Span<float>(x + i, (int)(count - i)));
    }

    /// <summary>x · factor, in place.</summary>
    /// <param name="x">The first element.</param>
    /// <param name="factors">As many factors.</param>
    /// <param name="count">How many.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Multiply(float* x, float* factors, nint count)
    {
        nint i = 0;
        for (; i <= count - TSimd.Lanes; i += TSimd.Lanes)
            TSimd.Store(TSimd.Multiply(TSimd.Load(x + i), TSimd.Load(factors + i)), x + i);
        for (; i < count; i++)
            x[i] *= factors[i];
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TVector Sigmoid(TVector x)
    {
        var one = TSimd.Broadcast(1);
        return TSimd.Divide(one, TSimd.Add(one, SimdMath<TSimd, TVector>.Exp(TSimd.Multiply(x, TSimd.Broadcast(-1)))));
    }

    private static void CopyRest(float* source, float* target, nint count)
    {
        new Span<float>(target, TSimd.Lanes).Clear();
        new Span<float>(source, (int)count).CopyTo(new Span<float>(target, (int)count));
    }
}
