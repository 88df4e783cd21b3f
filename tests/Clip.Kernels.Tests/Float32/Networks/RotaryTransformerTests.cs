using System.Runtime.Intrinsics;
using Clip.Kernels.Float32.Networks;
using Clip.Kernels.Float32.Simd;
using Clip.Kernels.Weights;
using Clip.Runtime;

namespace Clip.Kernels.Tests.Float32.Networks;

/// <summary>Blocks that turn queries and keys, whose heads have less than a vector of pairs, some vectors, or vectors and a rest.</summary>
[Collection(nameof(TestTensors))]
public sealed class RotaryTransformerTests
{
    public RotaryTransformerTests() => TorchLibraries.EnsureLoaded();

    [Theory]
    [InlineData(24, 1), InlineData(24, 7), InlineData(60, 33), InlineData(96, 70), InlineData(132, 9)]
    public void Forward_AnyVectorSize_EqualsTheEquations(int width, int length)
    {
        using var scope = NewDisposeScope();
        var table = RotaryBlocks.Table(length, width);
        using var small = Stack<Simd128, Vector128<float>>(width, table);
        using var narrow = Stack<Simd256, Vector256<float>>(width, table);
        using var wide = Stack<Simd512, Vector512<float>>(width, table);
        foreach (var count in (long[])[1, 2, 5])
        {
            var x = TestTensors.Create(count, length, width) * 4;
            var expected = RotaryBlocks.Expected(x, table);
            TestTensors.Close(expected, small.Forward(x, null));
            TestTensors.Close(expected, narrow.Forward(x, null));
            TestTensors.Close(expected, wide.Forward(x, null));

            var places = arange(count) % length;
            TestTensors.Close(expected.gather(1, places.view(-1, 1, 1).expand(-1, 1, width)).squeeze(1), wide.ForwardAt(x, places, null));
        }
    }

    [Fact]
    public void Forward_AnyBatchOnAnyNumberOfThreads_GivesTheSameBits()
    {
        using var scope = NewDisposeScope();
        using var kernel = Stack<Simd256, Vector256<float>>(96, RotaryBlocks.Table(40, 96));
        TransformerChecks.RequireSameBits(kernel, 96);
    }

    [Fact]
    public void Dispose_AfterPasses_GivesAllMemoryBack() =>
        TransformerChecks.RequireMemoryBack(() => Stack<Simd256, Vector256<float>>(48, RotaryBlocks.Table(10, 48)), 48);

    private static Transformer<TSimd, TVector> Stack<TSimd, TVector>(int width, RotaryTable table)
        where TSimd : struct, ISimd<TVector>
        where TVector : struct =>
        RotaryBlocks.Fill(new Transformer<TSimd, TVector>(RotaryBlocks.Shape(table)), width);
}
