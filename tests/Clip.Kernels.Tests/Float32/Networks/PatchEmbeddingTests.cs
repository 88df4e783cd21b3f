using System.Runtime.Intrinsics;
using Clip.Kernels.Float32.Networks;
using Clip.Kernels.Float32.Simd;
using Clip.Kernels.Weights;
using Clip.Runtime;

namespace Clip.Kernels.Tests.Float32.Networks;

[Collection(nameof(TestTensors))]
public sealed class PatchEmbeddingTests
{
    private const int Width = 21, Patch = 4;

    public PatchEmbeddingTests() => TorchLibraries.EnsureLoaded();

    // What is left over beside whole patches is not looked at.
    [Theory]
    [InlineData(3, 12, 16), InlineData(1, 8, 9), InlineData(5, 7, 4)]
    public void Forward_AnyChannelsAndSides_EqualsTheConvolution(int channels, int height, int width)
    {
        using var scope = NewDisposeScope();
        var patches = height / Patch * (width / Patch);
        var weights = new PatchWeights
        {
            Weight = TestTensors.Create(Width, channels, Patch, Patch),
            Bias = TestTensors.Create(Width),
            ClassToken = TestTensors.Create(Width) * 2,
            Positions = TestTensors.Create(1 + patches, Width),
            Norm = (TestTensors.Create(Width) + 1, TestTensors.Create(Width)),
            Epsilon = 1e-5,
        };
        using var narrow = new PatchEmbedding<Simd256, Vector256<float>>(weights);
        using var wide = new PatchEmbedding<Simd512, Vector512<float>>(weights);
        foreach (var count in (int[])[1, 9])
        {
            var pixels = TestTensors.Create(count, channels, height, width);
            var expected = Expected(pixels, weights);
            TestTensors.Close(expected, narrow.Forward(pixels));
            TestTensors.Close(expected, wide.Forward(pixels));
        }
    }

    // In float64, by libtorch.
    private static Tensor Expected(Tensor pixels, PatchWeights weights)
    {
        var (weight, bias) = (weights.Weight.to(ScalarType.Float64), weights.Bias!.to(ScalarType.Float64));
        var patches = nn.functional.conv2d(pixels.to(ScalarType.Float64), weight, bias, strides: [Patch, Patch]).flatten(2).transpose(1, 2);
        var classToken = weights.ClassToken!.to(ScalarType.Float64).expand(pixels.shape[0], 1, Width);
        var tokens = cat([classToken, patches], 1) + weights.Positions;
        var (gain, shift) = weights.Norm!.Value;
        return nn.functional.layer_norm(tokens, [Width], gain.to(ScalarType.Float64), shift.to(ScalarType.Float64), weights.Epsilon);
    }
}
