using Clip.Runtime.Devices;

namespace Clip.Runtime.Tests.Devices;

public sealed class ComputeTargetTests
{
    [Theory]
    [InlineData("12.0", Precision.BFloat16)]
    [InlineData("8.0", Precision.BFloat16)]
    [InlineData("7.5", Precision.Float16)]
    [InlineData("7.0", Precision.Float16)]
    [InlineData("6.1", Precision.Float32)]
    [InlineData("5.2", Precision.Float32)]
    public void Resolve_AutoOnCuda_GoesByComputeCapability(string capability, Precision expected) =>
        Assert.Equal(expected, Resolve("cuda", Precision.Auto, Machines.Nvidia(capability)).Precision);

    [Fact]
    public void Resolve_AutoOnSeveralGpus_GoesByTheChosenOne()
    {
        var machine = Machines.Nvidia("9.0", "7.5");

        Assert.Equal("cuda:0 in bfloat16", Resolve("auto", Precision.Auto, machine).ToString());
        Assert.Equal("cuda:1 in float16", Resolve("cuda:1", Precision.Auto, machine).ToString());
    }

    [Fact]
    public void Resolve_AutoWithoutCuda_IsFloat32()
    {
        Assert.Equal("cpu in float32", Resolve("auto", Precision.Auto, Machines.Plain).ToString());
        Assert.Equal("mps in float32", Resolve("auto", Precision.Auto, Machines.Apple(14)).ToString());
    }

    // An index made on one machine is searched on the next: the CPU's instructions do not change the numbers.
    [Fact]
    public void Resolve_Auto_DoesNotAskWhetherTheCpuServesBFloat16() =>
        Assert.Equal(Precision.Float32, Resolve("cpu", Precision.Auto, Machines.Plain with { FindBFloat16Problem = () => throw new InvalidOperationException() }).Precision);

    [Fact]
    public void Resolve_BFloat16OnACpuThatCannot_SaysWhy()
    {
        var machine = Machines.Plain with { FindBFloat16Problem = () => "The CPU does not serve bfloat16: oneDNN is off." };

        var exception = Assert.Throws<ComputeTargetException>(() => Resolve("cpu", Precision.BFloat16, machine));
        Assert.Equal("The CPU does not serve bfloat16: oneDNN is off. Use float32.", exception.Message);
        Assert.Equal("cuda:0 in bfloat16", Resolve("cuda", Precision.BFloat16, Machines.Nvidia("8.0") with { FindBFloat16Problem = machine.FindBFloat16Problem }).ToString());
    }

    [Theory]
    [InlineData("cpu", Precision.BFloat16, ScalarType.BFloat16)]
    [InlineData("cpu", Precision.Float32, ScalarType.Float32)]
    [InlineData("cuda", Precision.Float32, ScalarType.Float32)]
    [InlineData("cuda", Precision.Float16, ScalarType.Float16)]
    public void Resolve_ServedPrecision_IsKept(string device, Precision precision, ScalarType type)
    {
        var target = Resolve(device, precision, Machines.Nvidia("8.6"));

        Assert.Equal(precision, target.Precision);
        Assert.Equal(type, target.DType);
    }

    [Theory]
    [InlineData("cpu", Precision.Float16, "8.0", "The CPU does not serve float16: it is slower there than float32 and overflows beyond 65,504. Use float32 or bfloat16, or a GPU.")]
    [InlineData("cuda", Precision.BFloat16, "7.5", "cuda:0 (GPU 0, compute capability 7.5) has no bfloat16 arithmetic: libtorch would emulate it, slower than float32. Use float16 or float32.")]
    [InlineData("cuda", Precision.BFloat16, "6.1", "cuda:0 (GPU 0, compute capability 6.1) has no bfloat16 arithmetic: libtorch would emulate it, slower than float32. Use float32.")]
    [InlineData("cuda", Precision.Float16, "5.2", "cuda:0 (GPU 0, compute capability 5.2) has no float16 arithmetic. Use float32.")]
    public void Resolve_PrecisionTheDeviceLacks_SaysWhatToUse(string device, Precision precision, string capability, string expected) =>
        Assert.Equal(expected, Assert.Throws<ComputeTargetException>(() => Resolve(device, precision, Machines.Nvidia(capability))).Message);

    [Fact]
    public void Resolve_GpuThatDoesNotCompute_IsPassedOverByAutoOnly()
    {
        var machine = Machines.Nvidia("6.1");

        Assert.Equal("cpu in float32", Resolve("auto", Precision.Auto, machine, "no kernel image is available.").ToString());
        var exception = Assert.Throws<ComputeTargetException>(() => Resolve("cuda", Precision.Auto, machine, "no kernel image is available."));
        Assert.Equal(
            "cuda:0 GPU 0, compute capability 6.1, 16.0 GiB does not compute: no kernel image is available. "
            + "This build of libtorch serves compute capability 7.0 and newer: use the device \"cpu\".", exception.Message);
    }

    [Fact]
    public void Resolve_Cpu_DoesNotTouchAGpu() =>
        ComputeTarget.Resolve(new(DeviceType.CPU), Precision.Auto, Machines.Nvidia("9.0"), _ => throw new InvalidOperationException());

    [Fact]
    public void Resolve_OnThisMachine_TheTargetComputes()
    {
        var target = ComputeTarget.Resolve();

        using var sum = ones(3, target.DType, target.Device).sum().to(ScalarType.Float32).cpu();
        Assert.Equal(3f, sum.item<float>());
    }

    [Fact]
    public void Resolve_UndefinedPrecision_ThrowsArgumentOutOfRangeException() =>
        Assert.Throws<ArgumentOutOfRangeException>(() => ComputeTarget.Resolve("cpu", (Precision)9));

    [Fact]
    public void Equals_SameDeviceAndPrecision_IsTrue()
    {
        var target = ComputeTarget.Resolve("cpu", Precision.Float32);

        Assert.Equal(target, ComputeTarget.Resolve("CPU", Precision.Float32));
        Assert.Equal(target.GetHashCode(), ComputeTarget.Resolve("CPU", Precision.Float32).GetHashCode());
        Assert.NotEqual(target, Resolve("cpu", Precision.BFloat16, Machines.Plain));
    }

    [Fact]
    [Trait("Requires", "CUDA")]
    public void Resolve_CudaOnAMachineWithIt_TheTargetComputes()
    {
        SkipUnlessCuda();
        var target = ComputeTarget.Resolve("cuda");

        using var sum = ones(3, target.DType, target.Device).sum().to(ScalarType.Float32).cpu();
        Assert.Equal(3f, sum.item<float>());
    }

    [Fact]
    [Trait("Requires", "CUDA")]
    public void Resolve_IndexBeyondThisMachinesGpus_ThrowsComputeTargetException()
    {
        SkipUnlessCuda();

        Assert.Throws<ComputeTargetException>(() => ComputeTarget.Resolve("cuda:99"));
    }

    private static void SkipUnlessCuda()
    {
        TorchLibraries.EnsureLoaded();
        Assert.SkipUnless(DeviceFacts.Detect().HasCuda, "No CUDA device, or libtorch without CUDA.");
    }

    private static ComputeTarget Resolve(string device, Precision precision, DeviceFacts facts, string? fault = null) =>
        ComputeTarget.Resolve(DeviceRequest.Parse(device), precision, facts, _ => fault);
}
