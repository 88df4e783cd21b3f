using System.Runtime.CompilerServices;
using Clip.Kernels.Contracts;
using Clip.Kernels.Float32.Simd;

namespace Clip.Kernels.Float32.Products;

/// <summary>Activations of a tile that has just been computed; in float32 ReLU is a part of the tile.</summary>
/// <typeparam name="TSimd">The arithmetic.</typeparam>
/// <typeparam name="TVector">Its vectors.</typeparam>
internal static unsafe class Activations<TSimd, TVector>
    where TSimd : struct, ISimd<TVector>
    where TVector : struct
{
    /// <summary>Computes an activation in place.</summary>
    /// <param name="activation">The function.</param>
    /// <param name="tile">The first element of the tile.</param>
    /// <param name="stride">Elements from one row to the next.</param>
    /// <param name="rows">Rows of the tile.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Apply(FusedActivation activation, float* tile, nint stride, int rows)
    {
        switch (activation.Kind)
        {
            case ActivationKind.Swish: Apply<Swish>(tile, stride, rows, (float)activation.Coefficient); break;
            case ActivationKind.Gelu: Apply<Gelu>(tile, stride, rows, 0); break;
            case ActivationKind.GeluTanh: Apply<GeluTanh>(tile, stride, rows, 0); break;
            case ActivationKind.Relu: Apply<Relu>(tile, stride, rows, 0); break;
            default: throw new ArgumentOutOfRangeException(nameof(activation), activation, "There is no such activation.");
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Apply<TFunction>(float* tile, nint stride, int rows, float coefficient)
        where TFunction : struct, IFunction
    {
        var coefficients = TSimd.Broadcast(coefficient);
        for (var row = 0; row < rows; row++, tile += stride)
        {
            for (var i = 0; i < TSimd.TileVectors; i++)
                TSimd.Store(TFunction.Of(TSimd.Load(tile + i * TSimd.Lanes), coefficients), tile + i * TSimd.Lanes);
        }
    }

    private interface IFunction
    {
        static abstract TVector Of(TVector x, TVector coefficient);
    }

    private readonly struct Swish : IFunction
    {
        public static TVector Of(TVector x, TVector coefficient) => SimdMath<TSimd, TVector>.Swish(x, coefficient);
    }

    private readonly struct Gelu : IFunction
    {
        public static TVector Of(TVector x, TVector coefficient) => SimdMath<TSimd, TVector>.Gelu(x);
    }

    private readonly struct GeluTanh : IFunction
    {
        public static TVector Of(TVector x, TVector coefficient) => SimdMath<TSimd, TVector>.GeluTanh(x);
    }

    private readonly struct Relu : IFunction
    {
        public static TVector Of(TVector x, TVector coefficient) => TSimd.Max(x, coefficient);
    }
}
