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

    /// <summary>x · Φ(x), with Φ the normal distribution's function, within 1e-7 before the result is rounded.</summary>
    /// <remarks>
    /// max(x, 0) - z · Φ(-z) with z = |x|, where Φ(-z) is two to the power of a polynomial: its logarithm is smooth, unlike Φ itself, so that
    /// nothing is divided. Coefficients: minimax fits of this library, the first of log2 Φ(-z) up to <c>Limit</c>, weighted with Φ(-z) + 0.0003.
    /// </remarks>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector Gelu(TVector x)
    {
        // Φ(-7) = 1.3e-12.
        const float Limit = 7;
        var z = TSimd.Min(TSimd.Broadcast(Limit), TSimd.Abs(x));
        var logarithm = TSimd.Broadcast(1.087463961e-7f);
        logarithm = TSimd.MultiplyAdd(logarithm, z, TSimd.Broadcast(-2.967342857e-6f));
        logarithm = TSimd.MultiplyAdd(logarithm, z, TSimd.Broadcast(3.126337925e-5f));
        logarithm = TSimd.MultiplyAdd(logarithm, z, TSimd.Broadcast(-1.332829532e-4f));
        logarithm = TSimd.MultiplyAdd(logarithm, z, TSimd.Broadcast(-2.764439755e-4f));
        logarithm = TSimd.MultiplyAdd(logarithm, z, TSimd.Broadcast(7.244605300e-3f));
        logarithm = TSimd.MultiplyAdd(logarithm, z, TSimd.Broadcast(-5.261253958e-2f));
        logarithm = TSimd.MultiplyAdd(logarithm, z, TSimd.Broadcast(-4.591751199e-1f));
        logarithm = TSimd.MultiplyAdd(logarithm, z, TSimd.Broadcast(-1.151108182f));
        logarithm = TSimd.MultiplyAdd(logarithm, z, TSimd.Broadcast(-1));

        // -2^r with |r| <= 1/2, within 7.5e-8.
        var n = TSimd.Round(logarithm);
        var r = TSimd.Subtract(logarithm, n);
        var power = TSimd.Broadcast(-1.327647178e-3f);
        power = TSimd.MultiplyAdd(power, r, TSimd.Broadcast(-9.675541333e-3f));
        power = TSimd.MultiplyAdd(power, r, TSimd.Broadcast(-5.550713274e-2f));
        power = TSimd.MultiplyAdd(power, r, TSimd.Broadcast(-2.402211972e-1f));
        power = TSimd.MultiplyAdd(power, r, TSimd.Broadcast(-6.931469671e-1f));
        power = TSimd.MultiplyAdd(power, r, TSimd.Broadcast(-1.000000072f));
        return TSimd.MultiplyAdd(TSimd.Multiply(power, TSimd.PowerOfTwo(n)), z, TSimd.Max(TSimd.Broadcast(0), x));
    }

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
