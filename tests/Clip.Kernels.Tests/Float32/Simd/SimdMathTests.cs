using System.Runtime.Intrinsics;
using Clip.Kernels.Float32.Operators;
using Clip.Kernels.Float32.Simd;
using Clip.Runtime;

namespace Clip.Kernels.Tests.Float32.Simd;

[Collection(nameof(TestTensors))]
public sealed unsafe class SimdMathTests
{
    // The documented error, and half of the last place of the result.
    private const double Tolerance = 1e-7, Rounding = 6e-8;

    public SimdMathTests() => TorchLibraries.EnsureLoaded();

    [Fact]
    public void Gelu_AnyNumber_ErrsByNoMoreThanItSays()
    {
        float[] numbers = [.. Enumerable.Range(-90_000, 180_001).Select(i => i * 1e-4f), -1e30f, -1e4f, -50, -15, 15, 50, 1e4f, 1e30f, float.Epsilon, -0f];
        using var scope = NewDisposeScope();
        var expected = nn.functional.gelu(tensor(numbers).to(ScalarType.Float64)).data<double>().ToArray();
        foreach (var results in (float[][])[Gelu<Simd128, Vector128<float>>(numbers), Gelu<Simd256, Vector256<float>>(numbers), Gelu<Simd512, Vector512<float>>(numbers)])
        {
            for (var i = 0; i < numbers.Length; i++)
            {
                var error = Math.Abs(results[i] - expected[i]);
                Assert.True(error <= Tolerance + Rounding * Math.Abs(expected[i]), $"{numbers[i]:R} gave {results[i]:R} in place of {expected[i]:R}.");
            }
        }
    }

    [Fact]
    public void Gelu_BeyondNumbers_PassesThemOn()
    {
        var results = Gelu<Simd256, Vector256<float>>([float.NaN, float.PositiveInfinity]);

        Assert.Equal([float.NaN, float.PositiveInfinity], results);
    }

    private static float[] Gelu<TSimd, TVector>(float[] numbers)
        where TSimd : struct, ISimd<TVector>
        where TVector : struct
    {
        var results = numbers.ToArray();
        fixed (float* first = results)
            Elementwise<TSimd, TVector>.Gelu(first, results.Length);
        return results;
    }
}
