using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Clip.Kernels.Float32.Simd;

namespace Clip.Kernels.Int8;

/// <summary>Vectors of 4 sums, which every processor has.</summary>
/// <typeparam name="TProducts">The instructions that multiply.</typeparam>
internal readonly unsafe struct Int8Simd128<TProducts> : IInt8Simd<Vector128<int>>
    where TProducts : struct, IInt8Products<Vector128<int>>
{
    public static int Lanes => 4;

    public static int TileVectors => 2;

    public static bool InputsAreUnsigned => TProducts.InputsAreUnsigned;

    public static int TileRows => TProducts.TileRows;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<int> Load(int* source) => Vector128.Load(source);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<int> Broadcast(int group) => Vector128.Create(group);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<int> MultiplyAdd(Vector128<int> inputs, Vector128<int> weights, Vector128<int> sums) =>
        TProducts.MultiplyAdd(inputs, weights, sums);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void StoreScaled(Vector128<int> sums, float scale, float* scales, float* bias, float* addends, float* output)
    {
        var y = Vector128.ConvertToSingle(sums) * (Vector128.Create(scale) * Vector128.Load(scales));
        y += Vector128.Load(bias);
        if (addends is not null)
            y += Vector128.Load(addends);
        y.Store(output);
    }
}
