using System.Runtime.Intrinsics;
using Clip.Kernels.Float32.Networks;
using Clip.Kernels.Float32.Simd;
using Clip.Kernels.Weights;
using Clip.Runtime;

namespace Clip.Kernels.Tests.Float32.Networks;

[Collection(nameof(TestTensors))]
public sealed class AttentionPoolTests
{
    public AttentionPoolTests() => TorchLibraries.EnsureLoaded();

    [Theory]
    [InlineData(48, 3, 4, 1), InlineData(100, 5, 9, 3), InlineData(40, 1, 1, 2)]
    public void Attend_BothVectorSizes_EqualsTheEquations(int channels, int heads, int places, int images)
    {
        using var scope = NewDisposeScope();
        var weights = Weights(channels, heads, places);
        using var narrow = new AttentionPool<Simd256, Vector256<float>>(weights);
        using var wide = new AttentionPool<Simd512, Vector512<float>>(weights);
        var x = TestTensors.Create(images, places, channels);
        TestTensors.Close(Expected(x, weights), narrow.Attend(x));
        TestTensors.Close(Expected(x, weights), wide.Attend(x));
    }

    [Fact]
    public void Attend_AnyBatchOnAnyNumberOfThreads_GivesTheSameBits()
    {
        var threads = get_num_threads();
        try
        {
            using var scope = NewDisposeScope();
            using var kernel = new AttentionPool<Simd256, Vector256<float>>(Weights(100, 5, 9));
            var x = TestTensors.Create(3, 9, 100);
            set_num_threads(1);
            var expected = kernel.Attend(x);
            foreach (var count in (int[])[2, 5])
            {
                set_num_threads(count);
                TensorAssert.BitEqual(expected, kernel.Attend(x));
                TensorAssert.BitEqual(expected.narrow(0, 1, 1), kernel.Attend(x.narrow(0, 1, 1)));
            }
        }
        finally
        {
            set_num_threads(threads);
        }
    }

    private static AttentionPoolWeights Weights(long channels, int heads, long places)
    {
        return new(
            TestTensors.Create(1 + places, channels),
            new(Matrix(1), TestTensors.Create(channels), Matrix(2), Matrix(3), TestTensors.Create(channels)),
            heads);

        Tensor Matrix(int which) => TestTensors.Create(which, channels, channels)[which - 1];
    }

    // In float64, with keys and values.
    private static Tensor Expected(Tensor places, AttentionPoolWeights weights)
    {
        var x = places.to(ScalarType.Float64);
        var tokens = cat([x.mean([1], keepdim: true), x], 1) + weights.Positions;
        var attention = weights.Attention;
        var queries = Heads(nn.functional.linear(tokens.narrow(1, 0, 1), Wide(attention.QueryWeight), Wide(attention.QueryBias)));
        var keys = Heads(nn.functional.linear(tokens, Wide(attention.KeyWeight)));
        var values = Heads(nn.functional.linear(tokens, Wide(attention.ValueWeight), Wide(attention.ValueBias)));
        var shares = (queries.matmul(keys.transpose(2, 3)) / Math.Sqrt(x.shape[2] / weights.Heads)).softmax(-1);
        return shares.matmul(values).transpose(1, 2).flatten(1);

        Tensor Heads(Tensor all) => all.view(all.shape[0], all.shape[1], weights.Heads, -1).transpose(1, 2);

        static Tensor Wide(Tensor tensor) => tensor.to(ScalarType.Float64);
    }
}
