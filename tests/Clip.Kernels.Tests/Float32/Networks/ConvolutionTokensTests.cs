using System.Runtime.Intrinsics;
using Clip.Kernels.Contracts;
using Clip.Kernels.Float32.Networks;
using Clip.Kernels.Float32.Simd;
using Clip.Kernels.Weights;
using Clip.Runtime;

namespace Clip.Kernels.Tests.Float32.Networks;

[Collection(nameof(TestTensors))]
public sealed class ConvolutionTokensTests
{
    private const double Epsilon = 1e-6;

    public ConvolutionTokensTests() => TorchLibraries.EnsureLoaded();

    // Odd sides at every halving, images of a few positions, and channels that fill no vector.
    [Theory]
    [InlineData(27, 45, 16, 32, 24), InlineData(64, 40, 20, 20, 40), InlineData(3, 5, 7, 9, 11), InlineData(96, 96, 16, 48, 64)]
    public void Forward_AnyImage_EqualsTheConvolutions(int height, int width, int stem, int middle, int outputs)
    {
        using var scope = NewDisposeScope();
        var weights = Weights(stem, middle, outputs);
        var pixels = TestTensors.Create(3, 3, height, width);
        var wanted = Reference(weights, pixels.to(ScalarType.Float64));
        var positioned = weights with { Positions = TestTensors.Create(wanted.shape[1], outputs) };
        foreach (var with in (ConvolutionTokensWeights[])[weights, positioned])
        {
            var expected = with.Positions is null ? wanted : wanted + with.Positions;
            using IConvolutionTokensKernel narrow = new ConvolutionTokens<Simd256, Vector256<float>>(with), wide = new ConvolutionTokens<Simd512, Vector512<float>>(with);
            foreach (var kernel in (IConvolutionTokensKernel[])[narrow, wide])
            {
                var all = kernel.Forward(pixels);
                Assert.Equal(expected.shape, all.shape);
                TestTensors.Close(expected, all);
                // Three images have threads of their own, all threads share one.
                TensorAssert.BitEqual(all.narrow(0, 1, 1).contiguous(), kernel.Forward(pixels.narrow(0, 1, 1)));
            }
        }
    }

    private static ConvolutionTokensWeights Weights(int stem, int middle, int outputs) => new()
    {
        NormEpsilon = Epsilon,
        First = Convolution(stem, 3, 3, stride: 2),
        FirstNorm = Norm(stem),
        Second = Convolution(stem, stem, 3),
        Blocks =
        [
            new(Norm(stem), Convolution(4 * stem, stem, 1), Depthwise(4 * stem, stride: 2), Convolution(stem, 4 * stem, 1), Shortcut: null),
            new(Norm(stem), Convolution(2 * stem, stem, 1), Depthwise(2 * stem, stride: 2), Convolution(middle, 2 * stem, 1), Convolution(middle, stem, 1)),
            new(Norm(middle), Convolution(2 * middle, middle, 1), Depthwise(2 * middle, stride: 1), Convolution(middle, 2 * middle, 1), Shortcut: null),
        ],
        LastNorm = Norm(middle),
        Last = Convolution(outputs, middle, 3, stride: 2),
    };

    private static (Tensor, Tensor) Norm(int width) => (TestTensors.Create(width) + 1, TestTensors.Create(width));

    private static FoldedConvolution Convolution(int outputs, int inputs, int side, int stride = 1) =>
        new(TestTensors.Create(outputs, inputs, side, side), TestTensors.Create(outputs), stride);

    private static FoldedConvolution Depthwise(int channels, int stride) => new(TestTensors.Create(channels, 1, 3, 3), TestTensors.Create(channels), stride, channels);

    private static Tensor Reference(ConvolutionTokensWeights weights, Tensor pixels)
    {
        var x = Convolve(nn.functional.gelu(Norm(Convolve(pixels, weights.First), weights.FirstNorm)), weights.Second);
        foreach (var block in weights.Blocks)
        {
            var shortcut = block.Spatial.Stride == 2 ? nn.functional.avg_pool2d(x, 3, stride: 2, padding: 1, count_include_pad: false) : x;
            if (block.Shortcut is { } convolution)
                shortcut = Convolve(shortcut, convolution);
            var hidden = nn.functional.gelu(Convolve(nn.functional.gelu(Convolve(Norm(x, block.Norm), block.Expand)), block.Spatial));
            x = Convolve(hidden, block.Contract) + shortcut;
        }
        return Convolve(Norm(x, weights.LastNorm), weights.Last).flatten(2).transpose(1, 2);
    }

    private static Tensor Convolve(Tensor x, FoldedConvolution convolution)
    {
        var padding = convolution.Weight.shape[2] / 2;
        return nn.functional.conv2d(
            x, convolution.Weight.to(ScalarType.Float64), convolution.Bias.to(ScalarType.Float64), [convolution.Stride, convolution.Stride], [padding, padding],
            groups: convolution.Groups);
    }

    private static Tensor Norm(Tensor x, (Tensor Weight, Tensor Bias) norm) => nn.functional.layer_norm(
        x.permute(0, 2, 3, 1), norm.Weight.shape, norm.Weight.to(ScalarType.Float64), norm.Bias.to(ScalarType.Float64), Epsilon).permute(0, 3, 1, 2);
}
