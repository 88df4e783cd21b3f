using System.Runtime.Intrinsics;
using Clip.Kernels.Float32.Simd;
using Clip.Kernels.Int8;

namespace Clip.Kernels.Tests.Int8;

/// <summary>What AVX-VNNI's instruction computes, number by number, so that its kernel runs on every processor.</summary>
internal readonly struct VnniTwin : IInt8Products<Vector256<int>>
{
    public static bool InputsAreUnsigned => VnniProducts.InputsAreUnsigned;

    public static int TileRows => VnniProducts.TileRows;

    public static Vector256<int> MultiplyAdd(Vector256<int> inputs, Vector256<int> weights, Vector256<int> sums)
    {
        Span<int> results = stackalloc int[Vector256<int>.Count];
        for (var lane = 0; lane < results.Length; lane++)
        {
            results[lane] = sums[lane];
            for (var i = 4 * lane; i < 4 * lane + 4; i++)
                results[lane] += inputs.AsByte()[i] * weights.AsSByte()[i];
        }
        return Vector256.Create<int>(results);
    }
}

/// <summary>What Arm's dot product computes, number by number.</summary>
internal readonly struct DotTwin : IInt8Products<Vector128<int>>
{
    public static bool InputsAreUnsigned => DotProducts.InputsAreUnsigned;

    public static int TileRows => DotProducts.TileRows;

    public static Vector128<int> MultiplyAdd(Vector128<int> inputs, Vector128<int> weights, Vector128<int> sums)
    {
        Span<int> results = stackalloc int[Vector128<int>.Count];
        for (var lane = 0; lane < results.Length; lane++)
        {
            results[lane] = sums[lane];
            for (var i = 4 * lane; i < 4 * lane + 4; i++)
                results[lane] += inputs.AsSByte()[i] * weights.AsSByte()[i];
        }
        return Vector128.Create<int>(results);
    }
}
