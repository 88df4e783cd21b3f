using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Clip.Kernels.Float32.Simd;

/// <summary>The arithmetic of <see cref="Simd512"/> with tiles of half as many columns, for matrices that leave much of a whole tile empty.</summary>
/// <remarks>Elements of a product are the same to the bit. A tile reads as many inputs for half of the sums, which are still enough to keep the multipliers busy.</remarks>
internal readonly unsafe partial struct Simd512Half : ISimd<Vector512<float>>
{
    public static int Lanes => Simd512.Lanes;

    public static int TileVectors => Simd512.TileVectors / 2;

    /// <summary>Whether attention that computes with another arithmetic has fewer columns to compute in tiles of this form: columns are keys, and channels of a head.</summary>
    /// <typeparam name="TSimd">The arithmetic.</typeparam>
    /// <param name="keys">Keys of a sequence.</param>
    /// <param name="headSize">Channels of a head.</param>
    public static bool Saves<TSimd>(nint keys, int headSize)
        where TSimd : struct => typeof(TSimd) == typeof(Simd512) && (Saves(keys) || Saves(headSize));

    private static bool Saves(nint columns)
    {
        var tile = Lanes * TileVectors;
        return (columns + tile - 1) / tile % 2 != 0;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Load(float* source) => Simd512.Load(source);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(Vector512<float> vector, float* destination) => Simd512.Store(vector, destination);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void StoreBytes(Vector512<float> integers, byte* destination) => Simd512.StoreBytes(integers, destination);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Broadcast(float value) => Simd512.Broadcast(value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Add(Vector512<float> a, Vector512<float> b) => Simd512.Add(a, b);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Subtract(Vector512<float> a, Vector512<float> b) => Simd512.Subtract(a, b);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Multiply(Vector512<float> a, Vector512<float> b) => Simd512.Multiply(a, b);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Divide(Vector512<float> a, Vector512<float> b) => Simd512.Divide(a, b);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> MultiplyAdd(Vector512<float> a, Vector512<float> b, Vector512<float> c) => Simd512.MultiplyAdd(a, b, c);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Max(Vector512<float> a, Vector512<float> b) => Simd512.Max(a, b);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Min(Vector512<float> a, Vector512<float> b) => Simd512.Min(a, b);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Abs(Vector512<float> a) => Simd512.Abs(a);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Round(Vector512<float> a) => Simd512.Round(a);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> PowerOfTwo(Vector512<float> integers) => Simd512.PowerOfTwo(integers);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> SelectNegative(Vector512<float> sign, Vector512<float> a, Vector512<float> b) => Simd512.SelectNegative(sign, a, b);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Sum(Vector512<float> a) => Simd512.Sum(a);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Largest(Vector512<float> a) => Simd512.Largest(a);
}
