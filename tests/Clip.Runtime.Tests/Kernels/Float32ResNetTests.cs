using System.Runtime.Intrinsics;
using Clip.Runtime.Kernels;
using Clip.Runtime.Kernels.Float32;

namespace Clip.Runtime.Tests.Kernels;

[Collection(nameof(KernelNumbers))]
public sealed class Float32ResNetTests
{
    public Float32ResNetTests() => TorchLibraries.EnsureLoaded();

    [Theory]
    [InlineData(32, 32), InlineData(64, 96)]
    public void Forward_BothVectorSizes_EqualTheEquations(long height, long width)
    {
        using var scope = NewDisposeScope();
        var (stem, blocks) = Weights();
        using var narrow = new ResNet<Simd256, Vector256<float>>(stem, blocks, (nint)height, (nint)width);
        using var wide = new ResNet<Simd512, Vector512<float>>(stem, blocks, (nint)height, (nint)width);
        foreach (var count in (long[])[1, 5])
        {
            var pixels = KernelNumbers.Create(count, 3, height, width);
            var expected = Expected(pixels, stem, blocks);
            KernelNumbers.Close(expected, narrow.Forward(pixels).contiguous());
            KernelNumbers.Close(expected, wide.Forward(pixels).contiguous());
        }
    }

    [Fact]
    public void Forward_AnyBatchOnAnyNumberOfThreads_GivesTheSameBits()
    {
        var threads = get_num_threads();
        try
        {
            using var scope = NewDisposeScope();
            var (stem, blocks) = Weights();
            using var kernel = new ResNet<Simd256, Vector256<float>>(stem, blocks, height: 64, width: 64);
            var pixels = KernelNumbers.Create(3, 3, 64, 64);
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

    private static (NormedConvolution[] Stem, BottleneckWeights[] Blocks) Weights()
    {
        return ([Convolution(16, 3, 3), Convolution(16, 16, 3), Convolution(24, 16, 3)],
            [
                new(Convolution(8, 24, 1), Convolution(8, 8, 3), Convolution(32, 8, 1), Convolution(32, 24, 1), Stride: 1),
                new(Convolution(16, 32, 1), Convolution(16, 16, 3), Convolution(64, 16, 1), Convolution(64, 32, 1), Stride: 2),
                new(Convolution(16, 64, 1), Convolution(16, 16, 3), Convolution(64, 16, 1), null, Stride: 1),
                new(Convolution(20, 64, 1), Convolution(20, 20, 3), Convolution(80, 20, 1), Convolution(80, 64, 1), Stride: 2),
                new(Convolution(20, 80, 1), Convolution(20, 20, 3), Convolution(72, 20, 1), Convolution(72, 80, 1), Stride: 2),
            ]);

        static NormedConvolution Convolution(long outputs, long inputs, long side) => new(
            KernelNumbers.Create(outputs, inputs, side, side), KernelNumbers.Create(outputs) + 1, KernelNumbers.Create(outputs),
            KernelNumbers.Create(outputs) / 3, KernelNumbers.Create(outputs) + 1.5, Epsilon: 1e-5);
    }

    // In float64, by libtorch.
    private static Tensor Expected(Tensor pixels, NormedConvolution[] stem, BottleneckWeights[] blocks)
    {
        var x = Normed(pixels.to(ScalarType.Float64), stem[0], stride: 2).relu();
        x = Normed(Normed(x, stem[1]).relu(), stem[2]).relu();
        x = nn.functional.avg_pool2d(x, 2);
        foreach (var block in blocks)
        {
            var y = Normed(Normed(x, block.Reduce).relu(), block.Mix).relu();
            var shortcut = x;
            if (block.Stride == 2)
                (y, shortcut) = (nn.functional.avg_pool2d(y, 2), nn.functional.avg_pool2d(shortcut, 2));
            if (block.Shortcut is not null)
                shortcut = Normed(shortcut, block.Shortcut);
            x = (Normed(y, block.Expand) + shortcut).relu();
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
