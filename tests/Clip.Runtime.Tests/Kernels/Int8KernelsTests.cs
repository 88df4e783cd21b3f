using System.Runtime.InteropServices;
using System.Runtime.Intrinsics.X86;
using Clip.Runtime.Cpu;
using Clip.Runtime.Kernels;

namespace Clip.Runtime.Tests.Kernels;

public sealed class Int8KernelsTests
{
    private const string Self = "__torch__.Trial";

    [Fact]
    public void WeightLimit_X64_IsAllBitsWhereSumsDoNotOverflow()
    {
        RequireX64();

        Assert.True(Int8Kernels.AreServed);
        Assert.Contains(Int8Kernels.WeightLimit, CpuFeatures.HasInt8Products ? [63, 127] : new[] { 63 });
    }

    // 2 · 255 · 127 does not fit into 16 bits, in which processors without VNNI add two products: the trial has to see that.
    [Fact]
    public void Int8Succeeds_LargestProducts_IsTrueUpToTheLimit()
    {
        RequireX64();

        Assert.True(KernelTrial.Int8Succeeds(63));
        // Where .NET reads no CPUID, VNNI may be there unseen.
        if (X86Base.IsSupported && !CpuFeatures.HasInt8Products)
            Assert.False(KernelTrial.Int8Succeeds(127));
    }

    [Theory]
    [InlineData(1, 64, 64)]
    [InlineData(7, 48, 33)]
    [InlineData(130, 256, 96)]
    public void Linear_AnyNumbers_IsTheProductOfTheRoundedOnes(int rows, int inputs, int outputs)
    {
        RequireX64();
        using var scope = NewDisposeScope();
        using var noGradients = no_grad();
        manual_seed(3);
        var linears = new Int8LinearLayers(Int8Kernels.WeightLimit);
        var (x, weight, bias) = (randn(2, rows, inputs) * rand(2, rows, 1) * 10, randn(outputs, inputs), randn(outputs));
        x[0, 0] = 0;
        using var module = Create(linears, weight, bias);

        var actual = module.invoke<Tensor>("linear", x, 0L);

        var (quantized, scale) = linears.Quantize(weight);
        var steps = x.abs().amax([-1], keepdim: true) / 127;
        var rounded = (x / steps).round().nan_to_num() * steps;
        var expected = rounded.to(ScalarType.Float64).matmul((quantized.to(ScalarType.Float64) * scale.unsqueeze(1)).t()) + bias;
        TensorAssert.Close(expected, actual, 1e-4 * expected.abs().max().item<double>());
        TensorAssert.Close(nn.functional.silu(actual), module.invoke<Tensor>("linear_activated", x, 0L), 1e-5);
        TensorAssert.Close(actual + 3, module.invoke<Tensor>("linear_added", x, full_like(actual, 3), 0L), 1e-5);
    }

    [Fact]
    public void Linear_Weights_TakeAQuarterOfFloat32()
    {
        RequireX64();
        using var scope = NewDisposeScope();
        using var noGradients = no_grad();
        using var module = Create(new Int8LinearLayers(Int8Kernels.WeightLimit), randn(768, 768), zeros(768), """
              def bytes(self: __torch__.Trial, i: int) -> int:
                return ops.mkldnn._nbytes(self.weights[i])
            """);

        // What oneDNN keeps beside the weights is a number per output.
        Assert.InRange(((Scalar)module.invoke("bytes", 0L)).ToInt64(), 768 * 768, 768 * 768 + 4 * 768);
    }

    [Fact]
    public void Linear_NotANumber_StaysOne()
    {
        RequireX64();
        using var scope = NewDisposeScope();
        using var noGradients = no_grad();
        using var module = Create(new Int8LinearLayers(Int8Kernels.WeightLimit), ones(64, 64), zeros(64));
        var x = ones(2, 64);
        x[1, 5] = float.NaN;

        var y = module.invoke<Tensor>("linear", x, 0L);

        Assert.False(y[0].isnan().any().item<bool>());
        Assert.True(y[1].isnan().all().item<bool>());
    }

    [Fact]
    public void Quantize_Weights_MovesThemHalfAStepAtMost()
    {
        TorchLibraries.EnsureLoaded();
        using var scope = NewDisposeScope();
        var weight = randn(20, 50);
        weight[3] = 0;

        var (quantized, scale) = new Int8LinearLayers(63).Quantize(weight);

        Assert.Equal(ScalarType.Int8, quantized.dtype);
        Assert.Equal(63, quantized.abs().max().item<sbyte>());
        Assert.True(((quantized.to(ScalarType.Float32) * scale.unsqueeze(1) - weight).abs() <= 0.501 * scale.unsqueeze(1)).all().item<bool>());
    }

    private static jit.ScriptModule Create(Int8LinearLayers linears, Tensor weight, Tensor bias, string more = "")
    {
        var module = TorchScript.Compile("Trial", linears.Methods(Self, FusedActivation.QuickGelu) + "\n" + """
              def append(self: __torch__.Trial, tensor: Tensor) -> int:
                weights = self.weights
                _ = torch.append(weights, tensor)
                return torch.len(weights)
            """ + "\n" + more);
        var (first, second) = linears.Prepare(weight, bias);
        module.invoke<object>("append_weight", first, 1L);
        module.invoke<object>("append", second);
        return module;
    }

    private static void RequireX64()
    {
        Assert.SkipUnless(RuntimeInformation.ProcessArchitecture == Architecture.X64, "libtorch has oneDNN on x64.");
        TorchLibraries.EnsureLoaded();
    }
}
