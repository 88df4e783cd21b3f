using System.Runtime.Intrinsics;
using Clip.Runtime.Kernels;
using Clip.Runtime.Kernels.Float32;

namespace Clip.Runtime.Tests.Kernels;

[Collection(nameof(KernelNumbers))]
public sealed class NeighbourConvolutionTests
{
    public NeighbourConvolutionTests() => TorchLibraries.EnsureLoaded();

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
        var (picture, weights) = (KernelNumbers.Create(height, width, inputs), Weights(outputs, inputs));
        using var narrow = new NeighbourConvolution<Simd256, Vector256<float>>(weights);
        using var wide = new NeighbourConvolution<Simd512, Vector512<float>>(weights);
        KernelNumbers.Close(Expected(picture, weights), Convolve(narrow, picture, workers: 2));
        KernelNumbers.Close(Expected(picture, weights), Convolve(wide, picture, workers: 2));
    }

    [Theory]
    [InlineData(14, 14), InlineData(40, 40)]
    public void Winograd_AnyNumberOfWorkers_GivesTheSameBits(int height, int width)
    {
        using var scope = NewDisposeScope();
        var picture = KernelNumbers.Create(height, width, 24);
        using var convolution = new WinogradConvolution<Simd256, Vector256<float>>(Weights(40, 24));
        var alone = Convolve(convolution, picture, workers: 1);
        foreach (var workers in (int[])[2, 3, 7])
            TensorAssert.BitEqual(alone, Convolve(convolution, picture, workers));
    }

    // A tile that holds no number spoils itself alone, and ReLU does not hide it.
    [Fact]
    public void Winograd_NotANumber_ReachesTheResultsAroundIt()
    {
        using var scope = NewDisposeScope();
        var picture = KernelNumbers.Create(12, 12, 16);
        picture[5, 6, 3] = double.NaN;
        using var convolution = new WinogradConvolution<Simd256, Vector256<float>>(Weights(16, 16));
        var spoiled = Convolve(convolution, picture, workers: 1).isnan().any(dim: 2);
        Assert.True(spoiled.narrow(0, 4, 3).narrow(1, 5, 3).all().item<bool>());
        Assert.False(spoiled.narrow(0, 0, 4).any().item<bool>());
        Assert.False(spoiled.narrow(0, 8, 4).any().item<bool>());
    }

    [Fact]
    public void Fastest_LargePicturesOfManyChannels_AreTransformed()
    {
        using var scope = NewDisposeScope();
        using var large = NeighbourConvolution<Simd256, Vector256<float>>.Fastest(Weights(32, 32), 56, 56);
        using var small = NeighbourConvolution<Simd256, Vector256<float>>.Fastest(Weights(32, 32), 2, 2);
        using var shallow = NeighbourConvolution<Simd256, Vector256<float>>.Fastest(Weights(32, 4), 56, 56);
        Assert.IsType<WinogradConvolution<Simd256, Vector256<float>>>(large);
        Assert.IsType<NeighbourConvolution<Simd256, Vector256<float>>>(small);
        Assert.IsType<NeighbourConvolution<Simd256, Vector256<float>>>(shallow);
    }

    private static void CheckWinograd<TSimd, TVector>(int height, int width, int inputs, int outputs)
        where TSimd : struct, ISimd<TVector>
        where TVector : struct
    {
        using var scope = NewDisposeScope();
        var (picture, weights) = (KernelNumbers.Create(height, width, inputs), Weights(outputs, inputs));
        using var convolution = new WinogradConvolution<TSimd, TVector>(weights);
        foreach (var workers in (int[])[1, 2])
            KernelNumbers.Close(Expected(picture, weights), Convolve(convolution, picture, workers));
    }

    // The result lies before numbers that must not change.
    private static unsafe Tensor Convolve(INeighbourConvolution convolution, Tensor picture, int workers)
    {
        const long Guard = 64;
        var (height, width) = ((nint)picture.shape[0], (nint)picture.shape[1]);
        var source = picture.contiguous();
        var output = full(height * width * convolution.Outputs + Guard, -7f);
        using var scratch = new NativeFloats(convolution.ScratchLength(height, width, workers));
        var input = new Picture((nint)TensorMemory.Pointer<float>(source), height, width, (nint)picture.shape[2]);
        var team = new WorkerTeam();
        team.Run(workers, crew => convolution.Compute(crew, input, TensorMemory.Pointer<float>(output), scratch.Pointer));

        Assert.True(output.narrow(0, output.numel() - Guard, Guard).eq(-7).all().item<bool>());
        return output.narrow(0, 0, output.numel() - Guard).view(height, width, convolution.Outputs);
    }

    private static NormedConvolution Weights(long outputs, long inputs) => new(
        KernelNumbers.Create(outputs, inputs, 3, 3), KernelNumbers.Create(outputs) + 1, KernelNumbers.Create(outputs),
        KernelNumbers.Create(outputs) / 3, KernelNumbers.Create(outputs) + 1.5, Epsilon: 1e-5);

    // In float64, by libtorch: [H, W, C].
    private static Tensor Expected(Tensor picture, NormedConvolution convolution)
    {
        var x = picture.to(ScalarType.Float64).permute(2, 0, 1).unsqueeze(0);
        var y = nn.functional.conv2d(x, convolution.Weight.to(ScalarType.Float64), padding: [1, 1]).squeeze(0).permute(1, 2, 0);
        var scale = convolution.Gain.to(ScalarType.Float64) / (convolution.Variance.to(ScalarType.Float64) + convolution.Epsilon).sqrt();
        return ((y - convolution.Mean) * scale + convolution.Bias).relu();
    }
}
