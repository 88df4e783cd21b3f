using Clip.Runtime.Devices;
using Clip.Runtime.Diagnostics;
using Clip.Runtime.Tests.Devices;

namespace Clip.Runtime.Tests.Diagnostics;

public sealed class ReportProblemsTests
{
    private static readonly DiagnosticReport Healthy = new()
    {
        Framework = ".NET",
        OperatingSystem = "Linux",
        RuntimeIdentifier = "linux-x64",
        CpuModel = "CPU",
        CpuCores = 4,
        CpuFeatures = ["AVX2"],
        MemoryBytes = 1L << 34,
        IntraOpThreads = 4,
        Target = new ComputeTarget(new Device(DeviceType.CPU), Precision.Float32),
    };

    [Fact]
    public void Find_HealthyMachine_FindsNothing() => Assert.Empty(ReportProblems.Find(Healthy, Machines.Plain));

    [Fact]
    public void Find_MoreThreadsThanProcessors_NamesTheVariable()
    {
        var problem = Assert.Single(ReportProblems.Find(Healthy with { IntraOpThreads = 64 }, Machines.Plain));

        Assert.Equal("libtorch computes in 64 threads, but the process may use 4 processors. "
            + "Set the variable OMP_NUM_THREADS to 4, or call torch.set_num_threads(4).", problem.ToString());
    }

    [Fact]
    public void Find_GpuThatLibTorchCannotUse_NamesThePackage()
    {
        var machine = Machines.Nvidia("9.0") with { HasCudaBackend = false, CudaBackendStarts = false };

        Assert.Contains("TorchSharp-cuda-linux", Assert.Single(ReportProblems.Find(Healthy, machine)).Remedy);
    }

    [Fact]
    public void Find_OldCpu_SaysWhatItLacks()
    {
        var bfloat16 = new ComputeTarget(new Device(DeviceType.CPU), Precision.BFloat16);

        Assert.Contains("no AVX2", Assert.Single(ReportProblems.Find(Healthy with { CpuFeatures = [] }, Machines.Plain)).Description);
        Assert.Contains("no bfloat16 instructions", Assert.Single(ReportProblems.Find(Healthy with { Target = bfloat16 }, Machines.Plain)).Description);
        Assert.Empty(ReportProblems.Find(Healthy with { CpuFeatures = ["AVX2", "AVX512_BF16"], Target = bfloat16 }, Machines.Plain));
    }
}
