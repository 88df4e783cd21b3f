using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Clip.Kernels.Float32.Simd;

namespace Clip.Kernels.Int8;

/// <summary>Vectors of 8 sums: AVX2.</summary>
/// <typeparam name="TProducts">The instructions that multiply.</typeparam>
internal readonly unsafe struct Int8Simd256<TProducts> : IInt8Simd<Vector256<int>>
    where TProducts : struct, IInt8Products<Vector256<int>>
{
    public static int Lanes => 8;

    public static int TileVectors => 2;

    public static bool InputsAreUnsigned => TProducts.InputsAreUnsigned;

    public static int TileRows => TProducts.TileRows;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<int> Load(int* source) => Vector256.Load(source);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<int> Broadcast(int group) => Vector256.Create(group);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<int> MultiplyAdd(Vector256<int> inputs, Vector256<int> weights, Vector256<int> sums) =>
        TProducts.MultiplyAdd(inputs, weights, sums);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void StoreScaled(Vector256<int> sums, float scale, float* scales, float* bias, float* addends, float* output)
    {
        var y = Vector256.ConvertToSingle(sums) * (Vector256.Create(scale) * Vector256.Load(scales));
        y += Vector256.Load(bias);
        if (addends is not null)
            y += Vector256.Load(addends);
        y.Store(output);
    }
}
