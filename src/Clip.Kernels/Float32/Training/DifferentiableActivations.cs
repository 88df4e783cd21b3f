using System.Runtime.CompilerServices;
using Clip.Kernels.Contracts;
using Clip.Kernels.Float32.Simd;

namespace Clip.Kernels.Float32.Training;

/// <summary>Activations of rows, and gradients through them.</summary>
/// <typeparam name="TSimd">The arithmetic.</typeparam>
/// <typeparam name="TVector">Its vectors.</typeparam>
internal static unsafe class DifferentiableActivations<TSimd, TVector>
    where TSimd : struct, ISimd<TVector>
    where TVector : struct
{
    /// <summary>Computes target = f(x).</summary>
    /// <param name="activation">f.</param>
    /// <param name="x">The first element.</param>
    /// <param name="target">Receives as many; may be x.</param>
    /// <param name="count">How many.</param>
    public static void Apply(FusedActivation activation, float* x, float* target, nint count)
    {
        var coefficient = (float)activation.Coefficient;
        switch (activation.Kind)
        {
            case ActivationKind.Swish: Apply<Swish>(x, target, count, coefficient); break;
            case ActivationKind.Gelu: Apply<Gelu>(x, target, count, coefficient); break;
            case ActivationKind.GeluTanh: Apply<GeluTanh>(x, target, count, coefficient); break;
            case ActivationKind.Relu: Apply<Relu>(x, target, count, coefficient); break;
            default: throw new ArgumentOutOfRangeException(nameof(activation), activation, "There is no such activation.");
        }
    }

    /// <summary>Multiplies gradients of f(x) by f'(x), in place.</summary>
    /// <param name="activation">f.</param>
    /// <param name="x">The first element that f was computed of.</param>
    /// <param name="gradients">As many gradients.</param>
    /// <param name="count">How many.</param>
    public static void SendBack(FusedActivation activation, float* x, float* gradients, nint count)
    {
        var coefficient = (float)activation.Coefficient;
        switch (activation.Kind)
        {
            case ActivationKind.Swish: SendBack<Swish>(x, gradients, count, coefficient); break;
            case ActivationKind.Gelu: SendBack<Gelu>(x, gradients, count, coefficient); break;
            case ActivationKind.GeluTanh: SendBack<GeluTanh>(x, gradients, count, coefficient); break;
            case ActivationKind.Relu: SendBack<Relu>(x, gradients, count, coefficient); break;
            default: throw new ArgumentOutOfRangeException(nameof(activation), activation, "There is no such activation.");
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Apply<TFunction>(float* x, float* target, nint count, float coefficient)
        where TFunction : struct, IDifferentiable<TVector>
    {
        var coefficients = TSimd.Broadcast(coefficient);
        nint i = 0;
        for (; i <= count - TSimd.Lanes; i += TSimd.Lanes)
            TSimd.Store(TFunction.Value(TSimd.Load(x + i), coefficients), target + i);
        if (i == count)
            return;
        var rest = stackalloc float[TSimd.Lanes];
        Copy(x + i, rest, count - i);
        TSimd.Store(TFunction.Value(TSimd.Load(rest), coefficients), rest);
        Copy(rest, target + i, count - i);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void SendBack<TFunction>(float* x, float* gradients, nint count, float coefficient)
        where TFunction : struct, IDifferentiable<TVector>
    {
        var coefficients = TSimd.Broadcast(coefficient);
        nint i = 0;
        for (; i <= count - TSimd.Lanes; i += TSimd.Lanes)
            TSimd.Store(TSimd.Multiply(TSimd.Load(gradients + i), TFunction.Derivative(TSimd.Load(x + i), coefficients)), gradients + i);
        if (i == count)
            return;
        var rest = stackalloc float[TSimd.Lanes];
        Copy(x + i, rest, count - i);
        TSimd.Store(TFunction.Derivative(TSimd.Load(rest), coefficients), rest);
        for (nint k = 0; k < count - i; k++)
            gradients[i + k] *= rest[k];
    }

    private static void Copy(float* source, float* target, nint count) =>
        new Span<float>(source, (int)count).CopyTo(new Span<float>(target, (int)count));

    private readonly struct Swish : IDifferentiable<TVector>
    {
        public static TVector Value(TVector x, TVector coefficient) => SimdMath<TSimd, TVector>.Swish(x, coefficient);

        // With s = sigmoid(c x): s + c x s (1 - s).
        public static TVector Derivative(TVector x, TVector coefficient)
        {
            var scaled = TSimd.Multiply(x, coefficient);
            var sigmoid = SimdMath<TSimd, TVector>.Sigmoid(scaled);
            var one = TSimd.Broadcast(1);
            return TSimd.Multiply(sigmoid, TSimd.MultiplyAdd(scaled, TSimd.Subtract(one, sigmoid), one));
        }
    }

    private readonly struct Gelu : IDifferentiable<TVector>
    {
        private const float OneOverRootOf2Pi = 0.3989422804014327f;

        public static TVector Value(TVector x, TVector coefficient) => SimdMath<TSimd, TVector>.Gelu(x);

        // Φ(x) + x φ(x), with the density φ(x) = exp(-x² / 2) / √(2π).
        public static TVector Derivative(TVector x, TVector coefficient)
        {
            var normal = SimdMath<TSimd, TVector>.Normal(x, out var exponential);
            return TSimd.MultiplyAdd(TSimd.Multiply(x, TSimd.Broadcast(OneOverRootOf2Pi)), exponential, normal);
        }
    }

    private readonly struct GeluTanh : IDifferentiable<TVector>
    {
        private const float Linear = 1.5957691216057308f, Cubic = 0.044715f * Linear;

        public static TVector Value(TVector x, TVector coefficient) => SimdMath<TSimd, TVector>.GeluTanh(x);

        // With s = sigmoid(v), v = a x + b x³: s + x s (1 - s) (a + 3 b x²).
        public static TVector Derivative(TVector x, TVector coefficient)
        {
            var square = TSimd.Multiply(x, x);
            var sigmoid = SimdMath<TSimd, TVector>.Sigmoid(TSimd.Multiply(x, TSimd.MultiplyAdd(square, TSimd.Broadcast(Cubic), TSimd.Broadcast(Linear))));
            var inner = TSimd.MultiplyAdd(square, TSimd.Broadcast(3 * Cubic), TSimd.Broadcast(Linear));
            var one = TSimd.Broadcast(1);
            return TSimd.Multiply(sigmoid, TSimd.MultiplyAdd(TSimd.Multiply(x, inner), TSimd.Subtract(one, sigmoid), one));
        }
    }

    private readonly struct Relu : IDifferentiable<TVector>
    {
        public static TVector Value(TVector x, TVector coefficient) => TSimd.Max(x, TSimd.Broadcast(0));

        public static TVector Derivative(TVector x, TVector coefficient) =>
            TSimd.SelectNegative(TSimd.Multiply(x, TSimd.Broadcast(-1)), TSimd.Broadcast(1), TSimd.Broadcast(0));
    }
}
