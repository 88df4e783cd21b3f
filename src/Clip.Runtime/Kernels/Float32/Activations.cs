using System.Runtime.CompilerServices;

namespace Clip.Runtime.Kernels.Float32;

/// <summary>Activations of a tile that has just been computed; ReLU is a part of the tile.</summary>
/// <typeparam name="TSimd">The arithmetic.</typeparam>
/// <typeparam name="TVector">Its vectors.</typeparam>
internal static unsafe class Activations<TSimd, TVector>
    where TSimd : struct, ISimd<TVector>
    where TVector : struct
{
    private const float QuickGeluSlope = 1.702f;

    /// <summary>Computes an activation in place.</summary>
    /// <param name="activation">The function.</param>
    /// <param name="tile">The first number of the tile.</param>
    /// <param name="stride">Numbers from one row to the next.</param>
    /// <param name="rows">Rows of the tile.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Apply(FusedActivation activation, float* tile, nint stride, int rows)
    {
        switch (activation)
        {
            case FusedActivation.QuickGelu: Apply<QuickGelu>(tile, stride, rows); break;
            case FusedActivation.Gelu: Apply<Gelu>(tile, stride, rows); break;
            case FusedActivation.GeluTanh: Apply<GeluTanh>(tile, stride, rows); break;
            default: throw new ArgumentOutOfRangeException(nameof(activation), activation, "There is no such activation.");
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Apply<TFunction>(float* tile, nint stride, int rows)
        where TFunction : struct, IFunction
    {
        for (var row = 0; row < rows; row++, tile += stride)
        {
            for (var i = 0; i < TSimd.TileVectors; i++)
                TSimd.Store(TFunction.Of(TSimd.Load(tile + i * TSimd.Lanes)), tile + i * TSimd.Lanes);
        }
    }

    private interface IFunction
    {
        static abstract TVector Of(TVector x);
    }

    private readonly struct QuickGelu : IFunction
    {
        public static TVector Of(TVector x) => SimdMath<TSimd, TVector>.Swish(x, TSimd.Broadcast(QuickGeluSlope));
    }

    private readonly struct Gelu : IFunction
    {
        public static TVector Of(TVector x) => SimdMath<TSimd, TVector>.Gelu(x);
    }

    private readonly struct GeluTanh : IFunction
    {
        public static TVector Of(TVector x) => SimdMath<TSimd, TVector>.GeluTanh(x);
    }
}
