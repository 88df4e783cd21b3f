using System.Runtime.Intrinsics;
using Clip.Kernels.Float32.Simd;
using Clip.Kernels.Int8;

namespace Clip.Kernels.Tests.Int8;

public sealed class RowQuantizerTests
{
    private const int Limit = 90;

    [Fact]
    public void Compute_AnyRow_MovesElementsHalfAStepAtMostInVectorsOfAllSizes()
    {
        foreach (var width in (int[])[1, 3, 4, 7, 16, 31, 100])
        {
            var row = Enumerable.Range(0, width).Select(i => MathF.ScaleB((i * 7919 % 1009) - 500, -6)).ToArray();

            var (scale, quantized) = Quantize<Simd128, Vector128<float>>(row, offset: 0);

            Assert.Equal(Limit, quantized.Max(q => Math.Abs((int)(sbyte)q)));
            Assert.All(row.Zip(quantized), pair => Assert.InRange(Math.Abs(pair.First - scale * (sbyte)pair.Second), 0, 0.50001f * scale));
            Assert.Equivalent((scale, quantized), Quantize<Simd256, Vector256<float>>(row, offset: 0), strict: true);
            Assert.Equivalent((scale, quantized), Quantize<Simd512, Vector512<float>>(row, offset: 0), strict: true);
        }
    }

    [Fact]
    public void Compute_Ties_GoToTheEvenNumber()
    {
        float[] row = [90, 0.5f, 1.5f, 2.5f, -0.5f, -1.5f, -2.5f, 89.5f];

        var (scale, quantized) = Quantize<Simd128, Vector128<float>>(row, offset: 0);

        Assert.Equal(1, scale);
        Assert.Equal([90, 0, 2, 2, 0, -2, -2, 90], quantized.Select(q => (int)(sbyte)q));
    }

    [Fact]
    public void Compute_Offset_IsAddedToRoundedElements()
    {
        var (_, quantized) = Quantize<Simd128, Vector128<float>>([-1, -0.5f, 0, 0.5f, 1], offset: Limit);

        Assert.Equal([0, 45, 90, 135, 180], quantized.Select(q => (int)q));
    }

    [Theory]
    [InlineData(0f)]
    [InlineData(float.Epsilon)]
    [InlineData(1e-39f)]
    public void Compute_RowsNextToNothing_HaveAFiniteScale(float value)
    {
        var (scale, quantized) = Quantize<Simd256, Vector256<float>>([value, 0, -value, 0, value, 0, 0, 0, value], offset: 0);

        Assert.True(float.IsNormal(scale));
        Assert.All(quantized, q => Assert.InRange((int)(sbyte)q, -Limit, Limit));
    }

    [Theory]
    [InlineData(float.NaN, 2)]
    [InlineData(float.NaN, 17)]
    [InlineData(float.PositiveInfinity, 2)]
    [InlineData(float.NegativeInfinity, 17)]
    public void Compute_NumberThatIsNotFinite_MakesTheScaleNotANumber(float value, int place)
    {
        var row = Enumerable.Repeat(1f, 18).ToArray();
        row[place] = value;

        Assert.Equal(float.NaN, Quantize<Simd128, Vector128<float>>(row, offset: 0).Scale);
        Assert.Equal(float.NaN, Quantize<Simd256, Vector256<float>>(row, offset: 0).Scale);
        Assert.Equal(float.NaN, Quantize<Simd512, Vector512<float>>(row, offset: 0).Scale);
    }

    private static unsafe (float Scale, byte[] Quantized) Quantize<TSimd, TVector>(float[] row, int offset)
        where TSimd : struct, ISimd<TVector>
        where TVector : struct
    {
        var quantized = new byte[row.Length];
        fixed (float* source = row)
        fixed (byte* target = quantized)
            return (RowQuantizer<TSimd, TVector>.Compute(source, row.Length, Limit, offset, target), quantized);
    }
}
