using System.Runtime.CompilerServices;

namespace Clip.Kernels.Float32.Simd;

/// <summary>Functions of vectors.</summary>
/// <typeparam name="TSimd">The arithmetic.</typeparam>
/// <typeparam name="TVector">Its vectors.</typeparam>
internal static class SimdMath<TSimd, TVector>
    where TSimd : struct, ISimd<TVector>
    where TVector : struct
{
    /// <summary>e to the power of x, within two units of the last place; x beyond ±87.3 counts as ±87.3.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector Exp(TVector x)
    {
        // x = n ln 2 + r with |r| <= ln 2 / 2; ln 2 in two parts, so that n times the first is exact. Then Taylor's series, whose next term is below 1e-8.
        const float Limit = 87.3f, LogarithmHigh = 0.693145751953125f, LogarithmLow = 1.42860682030941723212e-6f;
        x = TSimd.Min(TSimd.Broadcast(Limit), TSimd.Max(TSimd.Broadcast(-Limit), x));
        var n = TSimd.Round(TSimd.Multiply(x, TSimd.Broadcast(1.44269504088896341f)));
        var r = TSimd.MultiplyAdd(n, TSimd.Broadcast(-LogarithmHigh), x);
        r = TSimd.MultiplyAdd(n, TSimd.Broadcast(-LogarithmLow), r);

        var sum = TSimd.Broadcast(1f / 5040);
        sum = TSimd.MultiplyAdd(sum, r, TSimd.Broadcast(1f / 720));
        sum = TSimd.MultiplyAdd(sum, r, TSimd.Broadcast(1f / 120));
        sum = TSimd.MultiplyAdd(sum, r, TSimd.Broadcast(1f / 24));
        sum = TSimd.MultiplyAdd(sum, r, TSimd.Broadcast(1f / 6));
        sum = TSimd.MultiplyAdd(sum, r, TSimd.Broadcast(0.5f));
        sum = TSimd.MultiplyAdd(sum, r, TSimd.Broadcast(1));
        sum = TSimd.MultiplyAdd(sum, r, TSimd.Broadcast(1));
        return TSimd.Multiply(sum, TSimd.PowerOfTwo(n));
    }

    /// <summary>x · sigmoid(factor · x).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector Swish(TVector x, TVector factor)
    {
        var one = TSimd.Broadcast(1);
        var negative = TSimd.Multiply(TSimd.Multiply(x, factor), TSimd.Broadcast(-1));
        return TSimd.Divide(x, TSimd.Add(one, Exp(negative)));
    }

    /// <summary>1 / (1 + exp(-x)).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector Sigmoid(TVector x)
    {
        var one = TSimd.Broadcast(1);
        return TSimd.Divide(one, TSimd.Add(one, Exp(TSimd.Multiply(x, TSimd.Broadcast(-1)))));
    }

    /// <summary>x · Φ(x), with Φ the normal distribution's function, within 1e-7.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector Gelu(TVector x) => TSimd.Multiply(x, Normal(x, out _));

    /// <summary>Φ(x), the normal distribution's function, within 1e-7.</summary>
    /// <remarks>Source: Abramowitz and Stegun 1964, formula 7.1.26.</remarks>
    /// <param name="x">Where.</param>
    /// <param name="exponential">exp(-x² / 2).</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector Normal(TVector x, out TVector exponential)
    {
        const float RootOfHalf = 0.70710678118654752f, P = 0.3275911f;
        var z = TSimd.Multiply(TSimd.Abs(x), TSimd.Broadcast(RootOfHalf));
        var one = TSimd.Broadcast(1);
        var t = TSimd.Divide(one, TSimd.MultiplyAdd(z, TSimd.Broadcast(P), one));

        // Half of them: the function below is half of erfc.
        var sum = TSimd.Broadcast(1.061405429f / 2);
        sum = TSimd.MultiplyAdd(sum, t, TSimd.Broadcast(-1.453152027f / 2));
        sum = TSimd.MultiplyAdd(sum, t, TSimd.Broadcast(1.421413741f / 2));
        sum = TSimd.MultiplyAdd(sum, t, TSimd.Broadcast(-0.284496736f / 2));
        sum = TSimd.MultiplyAdd(sum, t, TSimd.Broadcast(0.254829592f / 2));
        exponential = Exp(TSimd.Multiply(TSimd.Multiply(z, z), TSimd.Broadcast(-1)));
        var beyond = TSimd.Multiply(TSimd.Multiply(sum, t), exponential);
        return TSimd.SelectNegative(x, beyond, TSimd.Subtract(one, beyond));
    }

    /// <summary>GELU by its approximation with a hyperbolic tangent: 0.5 (1 + tanh(u)) = sigmoid(2 u).</summary>
    /// <remarks>Source: Hendrycks and Gimpel 2016, section 2.</remarks>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector GeluTanh(TVector x)
    {
        const float TwiceRootOf2OverPi = 1.5957691216057308f;
        var square = TSimd.Multiply(x, x);
        var factor = TSimd.MultiplyAdd(square, TSimd.Broadcast(0.044715f * TwiceRootOf2OverPi), TSimd.Broadcast(TwiceRootOf2OverPi));
        return Swish(x, factor);
    }
}
