using Clip.Kernels.Float32.Memory;
using Clip.Kernels.Float32.Products;

namespace Clip.Kernels.Tests.Float32.Products;

public sealed class RoundingTests
{
    // Every float16, what lies half way to the next, and the neighbors of that: all that a rounding can get wrong.
    [Fact]
    public void HalfRounding_NumbersAndTiesAndTheirNeighbors_AreThoseOfDotNet()
    {
        float[] values = [.. Enumerable.Range(0, 0x7C00).SelectMany(bits =>
        {
            var (number, next) = ((float)BitConverter.UInt16BitsToHalf((ushort)bits), bits == 0x7BFF ? 65536 : (float)BitConverter.UInt16BitsToHalf((ushort)(bits + 1)));
            var tie = (number + next) / 2;
            return (float[])[number, tie, MathF.BitDecrement(tie), MathF.BitIncrement(tie), -number, -tie, -MathF.BitDecrement(tie), -MathF.BitIncrement(tie)];
        }).Where(value => Math.Abs(value) < HalfRounding.Range), float.Epsilon, -float.Epsilon];
        var rounded = new ushort[values.Length];

        HalfRounding.Round(values, rounded);

        Assert.Equal(values.Select(value => BitConverter.HalfToUInt16Bits((Half)value)), rounded);
    }

    [Theory]
    [InlineData(0), InlineData(1), InlineData(8), InlineData(37)]
    public void LargestMagnitude_AnyPlaceAndSign_IsFound(int count)
    {
        Assert.Equal(0u, LargestMagnitude.Of(new float[count]));
        for (var place = 0; place < count; place++)
        {
            foreach (var value in (float[])[3, -3, float.PositiveInfinity, float.NaN])
            {
                var values = Enumerable.Range(0, count).Select(i => i % 2 == 0 ? 2f : -2f).ToArray();
                values[place] = value;
                Assert.Equal(BitConverter.SingleToUInt32Bits(Math.Abs(value)) & 0x7FFF_FFFF, LargestMagnitude.Of(values));
            }
        }
    }
}
