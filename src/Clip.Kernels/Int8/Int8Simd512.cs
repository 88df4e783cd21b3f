using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Clip.Kernels.Float32.Simd;

namespace Clip.Kernels.Int8;

/// <summary>Vectors of 16 sums: AVX-512.</summary>
/// <typeparam name="TProducts">The instructions that multiply.</typeparam>
internal readonly unsafe struct Int8Simd512<TProducts> : IInt8Simd<Vector512<int>>
    where TProducts : struct, IInt8Products<Vector512<int>>
{
    public static int Lanes => 16;

    public static int TileVectors => 4;

    public static bool InputsAreUnsigned => TProducts.InputsAreUnsigned;

    public static int TileRows => TProducts.TileRows;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<int> Load(int* source) => Vector512.Load(source);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<int> Broadcast(int group) => Vector512.Create(group);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<int> MultiplyAdd(Vector512<int> inputs, Vector512<int> weights, Vector512<int> sums) =>
        TProducts.MultiplyAdd(inputs, weights, sums);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void StoreScaled(Vector512<int> sums, float scale, float* scales, float* bias, float* addends, float* output)
    {
        var y = Vector512.ConvertToSingle(sums) * (Vector512.Create(scale) * Vector512.Load(scales));
        y += Vector512.Load(bias);
        if (addends is not null)
            y += Vector512.Load(addends);
        y.Store(output);
    }
}
