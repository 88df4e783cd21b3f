using Clip.Runtime.Devices;

namespace Clip.Runtime.Tests.Devices;

public sealed class DeviceRulesTests
{
    [Fact]
    public void Choose_Auto_TakesCudaThenMpsThenCpu()
    {
        Assert.Equal("cuda:0", Choose("auto", Machines.Nvidia("9.0", "8.0")));
        Assert.Equal("mps", Choose("auto", Machines.Apple(14)));
        Assert.Equal("cpu", Choose("auto", Machines.Apple(13)));
        Assert.Equal("cpu", Choose("auto", Machines.Plain));
    }

    [Fact]
    public void Choose_Named_IsThatDevice()
    {
        Assert.Equal("cpu", Choose("cpu", Machines.Nvidia("9.0")));
        Assert.Equal("cuda:1", Choose("cuda:1", Machines.Nvidia("9.0", "8.0")));
        Assert.Equal("mps", Choose("mps", Machines.Apple(15)));
    }

    [Fact]
    public void Choose_IndexBeyondTheDevices_ListsThem() => AssertProblem(
        "The machine has no device cuda:2. Use one that it has: cuda:0 (GPU 0), cuda:1 (GPU 1).",
        "cuda:2", Machines.Nvidia("9.0", "8.0"));

    [Fact]
    public void Choose_CudaWithLibTorchForTheCpu_NamesThePackage()
    {
        AssertProblem(
            "The application references libtorch for the CPU only, so CUDA cannot be used. "
            + "Reference the package TorchSharp-cuda-linux 0.107.0 in place of the CPU package, or use the device \"cpu\".",
            "cuda", Machines.Plain);
        AssertProblem(
            "The application references libtorch for the CPU only, so CUDA cannot be used. This machine has GPU 0. "
            + "Reference the package TorchSharp-cuda-linux 0.107.0 in place of the CPU package, or use the device \"cpu\".",
            "cuda", Machines.Nvidia("9.0") with { HasCudaBackend = false, CudaBackendStarts = false });
    }

    [Fact]
    public void Choose_CudaWithoutDriver_AsksForTheDriver() => AssertProblem(
        "CUDA cannot be used: the NVIDIA driver was not found on this machine. "
        + "Install it, start a container with its GPUs (docker run --gpus all), or use the device \"cpu\".",
        "cuda", Machines.Plain with { HasCudaBackend = true });

    [Fact]
    public void Choose_CudaWithAnOldDriver_AsksForANewer() => AssertProblem(
        "CUDA cannot be used: the NVIDIA driver serves CUDA 11.4, and libtorch needs 12.0 or newer. Update the driver, or use the device \"cpu\".",
        "cuda", Machines.Plain with { HasCudaBackend = true, Driver = new CudaDriver { IsInstalled = true, CudaVersion = new Version(11, 4) } });

    [Fact]
    public void Choose_CudaWithoutVisibleDevices_NamesTheVariable() => AssertProblem(
        "CUDA cannot be used: the NVIDIA driver shows this process no device (code 100). "
        + "Check nvidia-smi and the variable CUDA_VISIBLE_DEVICES, or use the device \"cpu\".",
        "cuda:1", Machines.Plain with { HasCudaBackend = true, Driver = new CudaDriver { IsInstalled = true, Status = 100, CudaVersion = new Version(12, 8) } });

    [Fact]
    public void Choose_CudaThatDoesNotStart_SaysSo() => AssertProblem(
        "CUDA cannot be used: libtorch's CUDA build did not start although the NVIDIA driver has devices. Update the driver, or use the device \"cpu\".",
        "cuda", Machines.Nvidia("9.0") with { CudaBackendStarts = false });

    [Fact]
    public void Choose_CudaOnAMac_SaysThatThereIsNone() => AssertProblem(
        "TorchSharp has no CUDA build for this system. Use the device \"auto\".", "cuda", Machines.Apple(15));

    [Fact]
    public void Choose_MpsElsewhere_SaysWhereItIs()
    {
        AssertProblem("MPS exists on Apple silicon only. Use the device \"auto\".", "mps", Machines.Nvidia("9.0"));
        AssertProblem("MPS needs macOS 14 or newer, and this is macOS 13.1. Update macOS, or use the device \"cpu\".", "mps", Machines.Apple(13));
    }

    private static string Choose(string device, DeviceFacts facts) => DeviceRules.Choose(DeviceRequest.Parse(device), facts).ToString();

    private static void AssertProblem(string expected, string device, DeviceFacts facts) =>
        Assert.Equal(expected, Assert.Throws<ComputeTargetException>(() => Choose(device, facts)).Message);
}
