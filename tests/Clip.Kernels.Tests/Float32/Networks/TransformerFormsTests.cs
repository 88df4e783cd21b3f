using System.Runtime.Intrinsics;
using Clip.Kernels.Contracts;
using Clip.Kernels.Float32.Networks;
using Clip.Kernels.Float32.Simd;
using Clip.Runtime;

namespace Clip.Kernels.Tests.Float32.Networks;

/// <summary>Blocks of all forms; heads have less than a vector of pairs, some vectors, or vectors and a rest.</summary>
[Collection(nameof(TestTensors))]
public sealed class TransformerFormsTests
{
    public TransformerFormsTests() => TorchLibraries.EnsureLoaded();

    public static TheoryData<string> Forms { get; } = new(BlockForms.All.Keys);

    [Theory, MemberData(nameof(Forms))]
    public void Forward_AnyVectorSize_EqualsTheEquations(string form)
    {
        foreach (var (width, length) in (ReadOnlySpan<(int, int)>)[(24, 1), (24, 7), (60, 33), (96, 70), (132, 9)])
        {
            using var scope = NewDisposeScope();
            var shape = BlockForms.All[form](length, width);
            using var small = Stack<Simd128, Vector128<float>>(shape, width);
            using var narrow = Stack<Simd256, Vector256<float>>(shape, width);
            using var wide = Stack<Simd512, Vector512<float>>(shape, width);
            foreach (var count in (long[])[1, 2, 5])
            {
                var x = TestTensors.Create(count, length, width) * 4;
                var expected = BlockForms.Expected(x, shape);
                TestTensors.Close(expected, small.Forward(x, null));
                TestTensors.Close(expected, narrow.Forward(x, null));
                TestTensors.Close(expected, wide.Forward(x, null));

                foreach (var alone in (int[])[0, 1, 2])
                    TestTensors.Close(BlockForms.Expected(x, shape, alone), wide.ForwardAlone(x, null, alone));

                var places = arange(count) % length;
                TestTensors.Close(expected.gather(1, places.view(-1, 1, 1).expand(-1, 1, width)).squeeze(1), wide.ForwardAt(x, places, null));
            }
        }
    }

    [Theory, MemberData(nameof(Forms))]
    public void Forward_AnyBatchOnAnyNumberOfThreads_GivesTheSameBits(string form)
    {
        using var scope = NewDisposeScope();
        using var kernel = Stack<Simd256, Vector256<float>>(BlockForms.All[form](40, 96), 96);
        TransformerChecks.RequireSameBits(kernel, 96);
    }

    [Theory, MemberData(nameof(Forms))]
    public void Dispose_AfterPasses_GivesAllMemoryBack(string form) =>
        TransformerChecks.RequireMemoryBack(() => Stack<Simd256, Vector256<float>>(BlockForms.All[form](10, 48), 48), 48);

    private static Transformer<TSimd, TVector> Stack<TSimd, TVector>(TransformerShape shape, int width)
        where TSimd : struct, ISimd<TVector>
        where TVector : struct =>
        BlockForms.Fill(new Transformer<TSimd, TVector>(shape), shape, width);
}
