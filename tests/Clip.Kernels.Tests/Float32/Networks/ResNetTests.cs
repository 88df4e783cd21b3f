using System.Runtime.Intrinsics;
using Clip.Kernels.Float32.Networks;
using Clip.Kernels.Float32.Simd;
using Clip.Kernels.Weights;
using Clip.Runtime;

namespace Clip.Kernels.Tests.Float32.Networks;

[Collection(nameof(TestTensors))]
public sealed class ResNetTests
{
    public ResNetTests() => TorchLibraries.EnsureLoaded();

    [Theory]
    [InlineData(32, 32), InlineData(64, 96), InlineData(63, 50)]
    public void Forward_BothVectorSizes_EqualTheEquations(long height, long width)
    {
        using var scope = NewDisposeScope();
        var weights = Weights();
        using var narrow = new ResNet<Simd256, Vector256<float>>(weights, (nint)height, (nint)width);
        using var wide = new ResNet<Simd512, Vector512<float>>(weights, (nint)height, (nint)width);
        foreach (var count in (long[])[1, 5])
        {
            var pixels = TestTensors.Create(count, 3, height, width);
            var expected = Expected(pixels, weights);
            TestTensors.Close(expected, narrow.Forward(pixels).contiguous());
            TestTensors.Close(expected, wide.Forward(pixels).contiguous());
        }
    }

    [Fact]
    public void Forward_AnyBatchOnAnyNumberOfThreads_GivesTheSameBits()
    {
        var threads = get_num_threads();
        try
        {
            using var scope = NewDisposeScope();
            var weights = Weights();
            using var kernel = new ResNet<Simd256, Vector256<float>>(weights, height: 64, width: 64);
            var pixels = TestTensors.Create(3, 3, 64, 64);
            set_num_threads(1);
            var expected = kernel.Forward(pixels);
            foreach (var count in (int[])[2, 4, 8])
            {
                set_num_threads(count);
                TensorAssert.BitEqual(expected, kernel.Forward(pixels));
                TensorAssert.BitEqual(expected.narrow(0, 1, 1).contiguous(), kernel.Forward(pixels.narrow(0, 1, 1)).contiguous());
            }
        }
        finally
        {
            set_num_threads(threads);
        }
    }

    [Fact]
    public void Forward_OtherStem_EqualsTheEquations()
    {
        using var scope = NewDisposeScope();
        var weights = Weights(channels: 5);
        weights = weights with { Stem = [weights.Stem[0], weights.Stem[2]] };
        using var kernel = new ResNet<Simd256, Vector256<float>>(weights, height: 40, width: 32);
        var pixels = TestTensors.Create(2, 5, 40, 32);

        TestTensors.Close(Expected(pixels, weights), kernel.Forward(pixels).contiguous());
    }

    private static ResNetWeights Weights(int channels = 3)
    {
        return new([Convolution(16, channels, 3), Convolution(16, 16, 3), Convolution(24, 16, 3)],
            [
                new(Convolution(8, 24, 1), Convolution(8, 8, 3), Convolution(32, 8, 1), Convolution(32, 24, 1), Stride: 1),
                new(Convolution(16, 32, 1), Convolution(16, 16, 3), Convolution(64, 16, 1), Convolution(64, 32, 1), Stride: 2),
                new(Convolution(16, 64, 1), Convolution(16, 16, 3), Convolution(64, 16, 1), null, Stride: 1),
                new(Convolution(20, 64, 1), Convolution(20, 20, 3), Convolution(80, 20, 1), Convolution(80, 64, 1), Stride: 2),
                new(Convolution(20, 80, 1), Convolution(20, 20, 3), Convolution(72, 20, 1), Convolution(72, 80, 1), Stride: 2),
            ]);

        static NormedConvolution Convolution(long outputs, long inputs, long side) => new(
            TestTensors.Create(outputs, inputs, side, side), TestTensors.Create(outputs) + 1, TestTensors.Create(outputs),
            TestTensors.Create(outputs) / 3, TestTensors.Create(outputs) + 1.5, Epsilon: 1e-5);
    }

    // In float64, by libtorch.
    private static Tensor Expected(Tensor pixels, ResNetWeights weights)
    {
        var x = Normed(pixels.to(ScalarType.Float64), weights.Stem[0], stride: 2).relu();
        foreach (var convolution in weights.Stem.Skip(1))
            x = Normed(x, convolution).relu();
        x = nn.functional.avg_pool2d(x, 2);
        foreach (var block in weights.Blocks)
        {
            var y = Normed(Normed(x, block.Conv1).relu(), block.Conv2).relu();
            var shortcut = x;
            if (block.Stride == 2)
                (y, shortcut) = (nn.functional.avg_pool2d(y, 2), nn.functional.avg_pool2d(shortcut, 2));
            if (block.Downsample is not null)
                shortcut = Normed(shortcut, block.Downsample);
            x = (Normed(y, block.Conv3) + shortcut).relu();
        }
        return x;

        static Tensor Normed(Tensor input, NormedConvolution convolution, long stride = 1)
        {
            var side = convolution.Weight.shape[3];
            var y = nn.functional.conv2d(input, convolution.Weight.to(ScalarType.Float64), strides: [stride, stride], padding: [side / 2, side / 2]);
            var scale = convolution.Gain.to(ScalarType.Float64) / (convolution.Variance.to(ScalarType.Float64) + convolution.Epsilon).sqrt();
            return (y - convolution.Mean.view(1, -1, 1, 1)) * scale.view(1, -1, 1, 1) + convolution.Bias.view(1, -1, 1, 1);
        }
    }
}
