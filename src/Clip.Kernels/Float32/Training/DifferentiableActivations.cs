using System.Runtime.CompilerServices;
using Clip.Kernels.Contracts;
using Clip.Kernels.Float32.Simd;

namespace Clip.Kernels.Float32.Training;

/// <summary>Activations of rows and their derivatives.</summary>
/// <typeparam name="TSimd">The arithmetic.</typeparam>
/// <typeparam name="TVector">Its vectors.</typeparam>
internal static unsafe class DifferentiableActivations<TSimd, TVector>
    where TSimd : struct, ISimd<TVector>
    where TVector : struct
{
    /// <summary>Computes target = f(x).</summary>
    /// <param name="activation">f.</param>
    /// <param name="x">The first element.</param>
    /// <param name="target">Receives as many.</param>
    /// <param name="stride">Elements from one row to the next, of both.</param>
    /// <param name="rows">How many rows.</param>
    /// <param name="count">Elements of a row.</param>
    public static void Apply(FusedActivation activation, float* x, float* target, nint stride, nint rows, nint count)
    {
        var coefficient = (float)activation.Coefficient;
        switch (activation.Kind)
        {
            case ActivationKind.Swish: Apply<Swish>(x, target, stride, rows, count, coefficient); break;
            case ActivationKind.Gelu: Apply<Gelu>(x, target, stride, rows, count, coefficient); break;
            case ActivationKind.GeluTanh: Apply<GeluTanh>(x, target, stride, rows, count, coefficient); break;
            case ActivationKind.Relu: Apply<Relu>(x, target, stride, rows, count, coefficient); break;
            default: throw new ArgumentOutOfRangeException(nameof(activation), activation, "There is no such activation.");
        }
    }

    /// <summary>Computes target = f(x) and x = f'(x).</summary>
    /// <param name="activation">f.</param>
    /// <param name="x">The first element.</param>
    /// <param name="target">Receives as many.</param>
    /// <param name="count">How many.</param>
    public static void ApplyAndDerive(FusedActivation activation, float* x, float* target, nint count)
    {
        var coefficient = (float)activation.Coefficient;
        switch (activation.Kind)
        {
            case ActivationKind.Swish: ApplyAndDerive<Swish>(x, target, count, coefficient); break;
            case ActivationKind.Gelu: ApplyAndDerive<Gelu>(x, target, count, coefficient); break;
            case ActivationKind.GeluTanh: ApplyAndDerive<GeluTanh>(x, target, count, coefficient); break;
            case ActivationKind.Relu: ApplyAndDerive<Relu>(x, target, count, coefficient); break;
            default: throw new ArgumentOutOfRangeException(nameof(activation), activation, "There is no such activation.");
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Apply<TFunction>(float* x, float* target, nint stride, nint rows, nint count, float coefficient)
        where TFunction : struct, IDifferentiable<TVector>
    {
        var coefficients = TSimd.Broadcast(coefficient);
        var rest = stackalloc float[TSimd.Lanes];
        for (nint row = 0; row < rows; row++, x += stride, target += stride)
        {
            nint i = 0;
            for (; i <= count - TSimd.Lanes; i += TSimd.Lanes)
                TSimd.Store(TFunction.Value(TSimd.Load(x + i), coefficients), target + i);
            if (i == count)
                continue;
            Copy(x + i, rest, count - i);
            TSimd.Store(TFunction.Value(TSimd.Load(rest), coefficients), rest);
            Copy(rest, target + i, count - i);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void ApplyAndDerive<TFunction>(float* x, float* target, nint count, float coefficient)
        where TFunction : struct, IDifferentiable<TVector>
    {
        var coefficients = TSimd.Broadcast(coefficient);
        TVector derivative;
        nint i = 0;
        for (; i <= count - TSimd.Lanes; i += TSimd.Lanes)
        {
            TSimd.Store(TFunction.Value(TSimd.Load(x + i), coefficients, out derivative), target + i);
            TSimd.Store(derivative, x + i);
        }
        if (i == count)
            return;
        var rest = stackalloc float[TSimd.Lanes];
        Copy(x + i, rest, count - i);
        var value = TFunction.Value(TSimd.Load(rest), coefficients, out derivative);
        TSimd.Store(derivative, rest);
        Copy(rest, x + i, count - i);
        TSimd.Store(value, rest);
        Copy(rest, target + i, count - i);
    }

    private static void Copy(float* source, float* target, nint count) =>
        new Span<float>(source, (int)count).CopyTo(new Span<float>(target, (int)count));

    private readonly struct Swish : IDifferentiable<TVector>
    {
        public static TVector Value(TVector x, TVector coefficient) => SimdMath<TSimd, TVector>.Swish(x, coefficient);

        // With s = sigmoid(c x): s + c x s (1 - s).
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static TVector Value(TVector x, TVector coefficient, out TVector derivative)
        {
            var scaled = TSimd.Multiply(x, coefficient);
            var sigmoid = SimdMath<TSimd, TVector>.Sigmoid(scaled);
            var one = TSimd.Broadcast(1);
            derivative = TSimd.Multiply(sigmoid, TSimd.MultiplyAdd(scaled, TSimd.Subtract(one, sigmoid), one));
            return TSimd.Multiply(x, sigmoid);
        }
    }

    private readonly struct Gelu : IDifferentiable<TVector>
    {
        private const float OneOverRootOf2Pi = 0.3989422804014327f;

        public static TVector Value(TVector x, TVector coefficient) => SimdMath<TSimd, TVector>.Gelu(x);

        // Φ(x) + x φ(x), with the density φ(x) = exp(-x² / 2) / √(2π).
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static TVector Value(TVector x, TVector coefficient, out TVector derivative)
        {
            var normal = SimdMath<TSimd, TVector>.Normal(x, out var exponential);
            derivative = TSimd.MultiplyAdd(TSimd.Multiply(x, TSimd.Broadcast(OneOverRootOf2Pi)), exponential, normal);
            return TSimd.Multiply(x, normal);
        }
    }

    private readonly struct GeluTanh : IDifferentiable<TVector>
    {
        private const float Linear = 1.5957691216057308f, Cubic = 0.044715f * Linear;

        public static TVector Value(TVector x, TVector coefficient) => SimdMath<TSimd, TVector>.GeluTanh(x);

        // With s = sigmoid(v), v = a x + b x³: s + x s (1 - s) (a + 3 b x²).
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static TVector Value(TVector x, TVector coefficient, out TVector derivative)
        {
            var square = TSimd.Multiply(x, x);
            var sigmoid = SimdMath<TSimd, TVector>.Sigmoid(TSimd.Multiply(x, TSimd.MultiplyAdd(square, TSimd.Broadcast(Cubic), TSimd.Broadcast(Linear))));
            var inner = TSimd.MultiplyAdd(square, TSimd.Broadcast(3 * Cubic), TSimd.Broadcast(Linear));
            var one = TSimd.Broadcast(1);
            derivative = TSimd.Multiply(sigmoid, TSimd.MultiplyAdd(TSimd.Multiply(x, inner), TSimd.Subtract(one, sigmoid), one));
            return TSimd.Multiply(x, sigmoid);
        }
    }

    private readonly struct Relu : IDifferentiable<TVector>
    {
        public static TVector Value(TVector x, TVector coefficient) => TSimd.Max(x, TSimd.Broadcast(0));

        public static TVector Value(TVector x, TVector coefficient, out TVector derivative)
        {
            derivative = TSimd.SelectNegative(TSimd.Multiply(x, TSimd.Broadcast(-1)), TSimd.Broadcast(1), TSimd.Broadcast(0));
            return Value(x, coefficient);
        }
    }
}
