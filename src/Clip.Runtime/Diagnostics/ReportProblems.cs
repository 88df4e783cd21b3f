using Clip.Runtime.Devices;

namespace Clip.Runtime.Diagnostics;

/// <summary>What works, but slower than this machine could.</summary>
internal static class ReportProblems
{
    /// <summary>Looks for problems in a report.</summary>
    /// <param name="report">The report; its target may be null.</param>
    /// <param name="facts">The machine it was made on.</param>
    /// <param name="oneDnn">What is wrong with oneDNN, or null.</param>
    public static IEnumerable<DiagnosticProblem> Find(DiagnosticReport report, DeviceFacts facts, DiagnosticProblem? oneDnn = null)
    {
        if (oneDnn is not null)
            yield return oneDnn;

        var target = report.Target;
        if (target?.Device.type != DeviceType.CUDA && facts.Driver.IsInstalled && DeviceRules.FindCudaProblem(facts) is { } cuda)
            yield return cuda;

        if (target?.Device.type == DeviceType.CPU && facts.HasCuda && CudaTrial.FindFault(facts.Driver.Devices[0]) is { } fault)
            yield return CudaTrial.Explain(facts.Driver.Devices[0], fault);

        // In a container libtorch counts the processors of the host.
        if (report.IntraOpThreads > report.CpuCores)
        {
            yield return new($"libtorch computes in {report.IntraOpThreads} threads, but the process may use {report.CpuCores} processors.",
                $"Set the variable OMP_NUM_THREADS to {report.CpuCores}, or call torch.set_num_threads({report.CpuCores}).");
        }

        var isX64 = report.RuntimeIdentifier.EndsWith("-x64", StringComparison.Ordinal);
        if (isX64 && !report.CpuFeatures.Contains(Cpu.CpuFeatures.Avx2))
            yield return new("The CPU has no AVX2, without which libtorch computes several times slower.", "Use a newer CPU or a GPU.");

        var multipliesBFloat16 = report.CpuFeatures.Contains(Cpu.CpuFeatures.Avx512Bf16) || report.CpuFeatures.Contains(Cpu.CpuFeatures.AmxBf16);
        if (isX64 && !multipliesBFloat16 && target is { Device.type: DeviceType.CPU, Precision: Precision.BFloat16 })
            yield return new("The CPU has no bfloat16 instructions, so bfloat16 saves memory but takes longer.", "Use float32 for speed.");
    }
}
