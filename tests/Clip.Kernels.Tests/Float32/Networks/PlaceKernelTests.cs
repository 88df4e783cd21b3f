using System.Runtime.Intrinsics;
using Clip.Kernels.Contracts;
using Clip.Kernels.Float32.Networks;
using Clip.Kernels.Float32.Simd;
using Clip.Runtime;

namespace Clip.Kernels.Tests.Float32.Networks;

[Collection(nameof(TestTensors))]
public sealed class PlaceKernelTests
{
    private const double Epsilon = 1e-5;

    public PlaceKernelTests() => TorchLibraries.EnsureLoaded();

    [Theory]
    [InlineData(1, 1, 5), InlineData(3, 7, 16), InlineData(2, 65, 77)]
    public void Forward_Pool_EqualsMeanAndNorm(int sequences, int length, int width)
    {
        using var scope = NewDisposeScope();
        var tokens = TestTensors.Create(sequences, length, width);
        var (weight, bias) = (TestTensors.Create(width) + 1, TestTensors.Create(width));
        var mean = tokens.to(ScalarType.Float64).mean([1L]);
        using ITokenPoolKernel plain = new TokenPool<Simd256, Vector256<float>>(null, 0), normed = new TokenPool<Simd512, Vector512<float>>((weight, bias), Epsilon);

        TestTensors.Close(mean, plain.Forward(tokens));
        TestTensors.Close(Norm(mean, weight, bias), normed.Forward(tokens));
        Assert.Equal([0, width], normed.Forward(tokens.narrow(0, 0, 0)).shape);
    }

    [Theory]
    [InlineData(4, 12, 10), InlineData(1, 64, 16), InlineData(2, 600, 256)]
    public void Forward_PlaceNorm_EqualsGatheringAndNorm(int together, int places, int channels)
    {
        using var scope = NewDisposeScope();
        var x = TestTensors.Create(2, places, channels);
        var order = arange(places, ScalarType.Int64).flip(0).contiguous();
        var (weight, bias) = (TestTensors.Create(together * channels) + 1, TestTensors.Create(together * channels));
        using var kernel = new PlaceNorm<Simd256, Vector256<float>>((weight, bias), Epsilon);

        TestTensors.Close(Norm(x.to(ScalarType.Float64).flip(1).reshape(2, places / together, together * channels), weight, bias), kernel.Forward(x, order));
    }

    private static Tensor Norm(Tensor x, Tensor weight, Tensor bias) =>
        nn.functional.layer_norm(x, weight.shape, weight.to(ScalarType.Float64), bias.to(ScalarType.Float64), Epsilon);
}
