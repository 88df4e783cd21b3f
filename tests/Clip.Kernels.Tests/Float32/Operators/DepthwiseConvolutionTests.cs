using System.Runtime.Intrinsics;
using Clip.Kernels.Float32.Memory;
using Clip.Kernels.Float32.Operators;
using Clip.Kernels.Float32.Simd;
using Clip.Kernels.Float32.Threads;
using Clip.Kernels.Weights;
using Clip.Runtime;

namespace Clip.Kernels.Tests.Float32.Operators;

[Collection(nameof(TestTensors))]
public sealed unsafe class DepthwiseConvolutionTests
{
    public DepthwiseConvolutionTests() => TorchLibraries.EnsureLoaded();

    // Images smaller than a tile, as wide as one, and with a rest; channels with and without a rest; kernels of one row.
    [Theory]
    [InlineData(16, 1, 8, 8, 3, 3, 1)]
    [InlineData(16, 1, 9, 25, 7, 7, 1)]
    [InlineData(32, 2, 16, 33, 7, 7, 2)]
    [InlineData(20, 1, 5, 3, 7, 7, 1)]
    [InlineData(37, 2, 1, 1, 3, 3, 1)]
    [InlineData(3, 3, 11, 17, 3, 3, 2)]
    [InlineData(48, 1, 1, 77, 1, 11, 1)]
    [InlineData(24, 1, 40, 40, 3, 3, 2)]
    public void Compute_AnySize_EqualsLibtorch(long channels, long multiplier, long height, long width, long kernelHeight, long kernelWidth, long stride)
    {
        using var scope = NewDisposeScope();
        var convolution = new FoldedConvolution(
            TestTensors.Create(channels * multiplier, 1, kernelHeight, kernelWidth), TestTensors.Create(channels * multiplier), stride, channels);
        var image = TestTensors.Create(channels, height, width);
        var expected = nn.functional.conv2d(
            image.to(ScalarType.Float64).unsqueeze(0), convolution.Weight.to(ScalarType.Float64), convolution.Bias.to(ScalarType.Float64),
            [stride, stride], [kernelHeight / 2, kernelWidth / 2], groups: channels).squeeze(0);
        foreach (var gelu in (bool[])[false, true])
        {
            var activated = gelu ? nn.functional.gelu(expected) : expected;
            TestTensors.Close(activated, Compute<Simd256, Vector256<float>>(convolution, image, gelu, threads: 1));
            TestTensors.Close(activated, Compute<Simd512, Vector512<float>>(convolution, image, gelu, threads: 1));
            TensorAssert.BitEqual(
                Compute<Simd256, Vector256<float>>(convolution, image, gelu, threads: 1), Compute<Simd256, Vector256<float>>(convolution, image, gelu, threads: 3));
        }
    }

    // [channels, height, width] to [outputs, height, width], in the order of the weights.
    private static Tensor Compute<TSimd, TVector>(FoldedConvolution convolution, Tensor image, bool gelu, int threads)
        where TSimd : struct, ISimd<TVector>
        where TVector : struct
    {
        using var scope = NewDisposeScope();
        using var kernel = new DepthwiseConvolution<TSimd, TVector>(convolution);
        var (height, width) = kernel.OutputSize((nint)image.shape[1], (nint)image.shape[2]);
        using var input = NativeFloats.Copy(image.permute(1, 2, 0));
        var output = empty(height, width, kernel.Outputs);
        var map = new FeatureMap((nint)input.Pointer, (nint)image.shape[1], (nint)image.shape[2], (nint)image.shape[0]);
        var target = TensorMemory.Pointer<float>(output);
        KernelThreads.Shared.Run(threads, team =>
        {
            var result = kernel.Compute(team, map, target, gelu);
            Assert.Equal(new FeatureMap((nint)target, height, width, kernel.Outputs), result);
        });
        var ordered = empty_like(output);
        ordered.index_copy_(2, kernel.Order, output);
        return ordered.permute(2, 0, 1).contiguous().MoveToOuterDisposeScope();
    }
}
