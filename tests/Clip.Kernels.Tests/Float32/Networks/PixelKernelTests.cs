using System.Runtime.Intrinsics;
using Clip.Kernels.Contracts;
using Clip.Kernels.Float32.Networks;
using Clip.Kernels.Float32.Simd;
using Clip.Runtime;

namespace Clip.Kernels.Tests.Float32.Networks;

[Collection(nameof(TestTensors))]
public sealed class PixelKernelTests
{
    public PixelKernelTests() => TorchLibraries.EnsureLoaded();

    // Channels that fill four vectors, one, and a part of one; images smaller than the kernel.
    [Theory]
    [InlineData(7, 5, 9, 77), InlineData(7, 2, 3, 16), InlineData(3, 8, 8, 130), InlineData(1, 4, 3, 5)]
    public void Forward_Depthwise_EqualsTheConvolution(int kernel, int height, int width, int channels)
    {
        using var scope = NewDisposeScope();
        var (weight, bias) = (TestTensors.Create(channels, 1, kernel, kernel), TestTensors.Create(channels));
        Compare(
            [new DepthwiseFilter<Simd128, Vector128<float>>(weight, bias), new DepthwiseFilter<Simd256, Vector256<float>>(weight, bias), new DepthwiseFilter<Simd512, Vector512<float>>(weight, bias)],
            height, width, channels,
            x => nn.functional.conv2d(x, Double(weight), Double(bias), padding: [kernel / 2, kernel / 2], groups: channels));
    }

    // What is left over beside whole squares is not looked at.
    [Theory]
    [InlineData(2, 4, 6, 24, 40), InlineData(2, 5, 7, 19, 21), InlineData(3, 7, 3, 5, 33)]
    public void Forward_Merging_EqualsNormAndConvolution(int side, int height, int width, int channels, int outputs)
    {
        using var scope = NewDisposeScope();
        var norm = (TestTensors.Create(channels) + 1, TestTensors.Create(channels));
        var (weight, bias) = (TestTensors.Create(outputs, channels, side, side), TestTensors.Create(outputs));
        Compare(
            [new PixelMerging<Simd256, Vector256<float>>(norm, 1e-6, weight, bias), new PixelMerging<Simd512, Vector512<float>>(norm, 1e-6, weight, bias)],
            height, width, channels,
            x =>
            {
                var normed = nn.functional.layer_norm(x.permute(0, 2, 3, 1), [channels], Double(norm.Item1), Double(norm.Item2), 1e-6).permute(0, 3, 1, 2);
                return nn.functional.conv2d(normed, Double(weight), Double(bias), strides: [side, side]);
            });
    }

    private static Tensor Double(Tensor tensor) => tensor.to(ScalarType.Float64);

    private static void Compare(IPixelKernel[] kernels, int height, int width, int channels, Func<Tensor, Tensor> expected)
    {
        foreach (var kernel in kernels)
        {
            using (kernel)
            {
                foreach (var count in (int[])[0, 1, 9])
                {
                    var x = TestTensors.Create(count, height, width, channels);
                    var wanted = expected(Double(x).permute(0, 3, 1, 2)).permute(0, 2, 3, 1);
                    var actual = kernel.Forward(x);
                    Assert.Equal(wanted.shape, actual.shape);
                    if (count == 0)
                        continue;
                    TestTensors.Close(wanted, actual);
                    TensorAssert.BitEqual(actual.narrow(0, 0, 1).contiguous(), kernel.Forward(x.narrow(0, 0, 1)));
                }
            }
        }
    }
}
