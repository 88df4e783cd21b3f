using System.Runtime.Intrinsics;
using Clip.Kernels.Float32.Memory;
using Clip.Kernels.Float32.Operators;
using Clip.Kernels.Float32.Simd;
using Clip.Kernels.Float32.Threads;
using Clip.Kernels.Weights;
using Clip.Runtime;

namespace Clip.Kernels.Tests.Float32.Operators;

[Collection(nameof(TestTensors))]
public sealed class Convolution3x3Tests
{
    public Convolution3x3Tests() => TorchLibraries.EnsureLoaded();

    // Odd sides, channels that are no multiple of a vector, fewer tiles than a block, several blocks.
    public static TheoryData<int, int, int, int> Shapes { get; } = new()
    {
        { 2, 2, 16, 16 }, { 1, 1, 32, 16 }, { 7, 7, 24, 40 }, { 9, 4, 16, 17 }, { 14, 14, 40, 33 }, { 20, 31, 16, 24 }, { 33, 12, 70, 16 },
    };

    [Theory, MemberData(nameof(Shapes))]
    public void Winograd_VectorsOfEight_EqualsTheConvolution(int height, int width, int inputs, int outputs) =>
        CheckWinograd<Simd256, Vector256<float>>(height, width, inputs, outputs);

    [Theory, MemberData(nameof(Shapes))]
    public void Winograd_VectorsOfSixteen_EqualsTheConvolution(int height, int width, int inputs, int outputs) =>
        CheckWinograd<Simd512, Vector512<float>>(height, width, inputs, outputs);

    [Theory, MemberData(nameof(Shapes))]
    public void Product_BothVectorSizes_EqualsTheConvolution(int height, int width, int inputs, int outputs)
    {
        using var scope = NewDisposeScope();
        var (image, weights) = (TestTensors.Create(height, width, inputs), Weights(outputs, inputs));
        using var narrow = new Convolution3x3<Simd256, Vector256<float>>(weights);
        using var wide = new Convolution3x3<Simd512, Vector512<float>>(weights);
        TestTensors.Close(Expected(image, weights), Convolve(narrow, image, workers: 2));
        TestTensors.Close(Expected(image, weights), Convolve(wide, image, workers: 2));
    }

    [Theory]
    [InlineData(14, 14), InlineData(40, 40)]
    public void Winograd_AnyNumberOfWorkers_GivesTheSameBits(int height, int width)
    {
        using var scope = NewDisposeScope();
        var image = TestTensors.Create(height, width, 24);
        using var convolution = new WinogradConvolution<Simd256, Vector256<float>>(Weights(40, 24));
        var alone = Convolve(convolution, image, workers: 1);
        foreach (var workers in (int[])[2, 3, 7])
            TensorAssert.BitEqual(alone, Convolve(convolution, image, workers));
    }

    // A tile that holds no number spoils itself alone, and ReLU does not hide it.
    [Fact]
    public void Winograd_NotANumber_ReachesTheResultsAroundIt()
    {
        using var scope = NewDisposeScope();
        var image = TestTensors.Create(12, 12, 16);
        image[5, 6, 3] = double.NaN;
        using var convolution = new WinogradConvolution<Simd256, Vector256<float>>(Weights(16, 16));
        var spoiled = Convolve(convolution, image, workers: 1).isnan().any(dim: 2);
        Assert.True(spoiled.narrow(0, 4, 3).narrow(1, 5, 3).all().item<bool>());
        Assert.False(spoiled.narrow(0, 0, 4).any().item<bool>());
        Assert.False(spoiled.narrow(0, 8, 4).any().item<bool>());
    }

    [Fact]
    public void Fastest_LargeImagesOfManyChannels_AreTransformed()
    {
        using var scope = NewDisposeScope();
        using var large = Convolution3x3<Simd256, Vector256<float>>.Fastest(Weights(32, 32), 56, 56);
        using var small = Convolution3x3<Simd256, Vector256<float>>.Fastest(Weights(32, 32), 2, 2);
        using var shallow = Convolution3x3<Simd256, Vector256<float>>.Fastest(Weights(32, 4), 56, 56);
        Assert.IsType<WinogradConvolution<Simd256, Vector256<float>>>(large);
        Assert.IsType<Convolution3x3<Simd256, Vector256<float>>>(small);
        Assert.IsType<Convolution3x3<Simd256, Vector256<float>>>(shallow);
    }

    private static void CheckWinograd<TSimd, TVector>(int height, int width, int inputs, int outputs)
        where TSimd : struct, ISimd<TVector>
        where TVector : struct
    {
        using var scope = NewDisposeScope();
        var (image, weights) = (TestTensors.Create(height, width, inputs), Weights(outputs, inputs));
        using var convolution = new WinogradConvolution<TSimd, TVector>(weights);
        foreach (var workers in (int[])[1, 2])
            TestTensors.Close(Expected(image, weights), Convolve(convolution, image, workers));
    }

    // The result lies before numbers that must not change.
    private static unsafe Tensor Convolve(IConvolution3x3 convolution, Tensor image, int workers)
    {
        const long Guard = 64;
        var (height, width) = ((nint)image.shape[0], (nint)image.shape[1]);
        var source = image.contiguous();
        var output = full(height * width * convolution.Outputs + Guard, -7f);
        using var scratch = new NativeFloats(convolution.ScratchLength(height, width, workers));
        var input = new FeatureMap((nint)TensorMemory.Pointer<float>(source), height, width, (nint)image.shape[2]);
        var team = new KernelThreads();
        team.Run(workers, team => convolution.Compute(team, input, TensorMemory.Pointer<float>(output), scratch.Pointer));

        Assert.True(output.narrow(0, output.numel() - Guard, Guard).eq(-7).all().item<bool>());
        return output.narrow(0, 0, output.numel() - Guard).view(height, width, convolution.Outputs);
    }

    private static NormedConvolution Weights(long outputs, long inputs) => new(
        TestTensors.Create(outputs, inputs, 3, 3), TestTensors.Create(outputs) + 1, TestTensors.Create(outputs),
        TestTensors.Create(outputs) / 3, TestTensors.Create(outputs) + 1.5, Epsilon: 1e-5);

    // In float64, by libtorch: [H, W, C].
    private static Tensor Expected(Tensor image, NormedConvolution convolution)
    {
        var x = image.to(ScalarType.Float64).permute(2, 0, 1).unsqueeze(0);
        var y = nn.functional.conv2d(x, convolution.Weight.to(ScalarType.Float64), padding: [1, 1]).squeeze(0).permute(1, 2, 0);
        var scale = convolution.Gain.to(ScalarType.Float64) / (convolution.Variance.to(ScalarType.Float64) + convolution.Epsilon).sqrt();
        return ((y - convolution.Mean) * scale + convolution.Bias).relu();
    }
}
