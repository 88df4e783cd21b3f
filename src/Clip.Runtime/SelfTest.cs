using Clip.Runtime.Cpu;
using Clip.Runtime.Kernels;
using Clip.Runtime.Numerics;

namespace Clip.Runtime;

/// <summary>Compares what this machine's CPU computes, through libtorch and through the library's own kernels, with float64.</summary>
/// <remarks>
/// It covers forward passes and both gradients of convolutions and linear layers at sizes where kernels have been seen to fail, and the packed
/// kernels that serve on this processor. It takes about a second.
/// </remarks>
public static class SelfTest
{
    /// <summary>Runs all comparisons.</summary>
    /// <exception cref="InvalidOperationException">
    /// The variable ONEDNN_MAX_CPU_ISA lets oneDNN compute on a processor on which it can end the process.
    /// </exception>
    /// <exception cref="TorchNotFoundException">TorchSharp's native libraries are missing.</exception>
    public static IReadOnlyList<SelfTestResult> Run()
    {
        TorchLibraries.EnsureLoaded();
        if (OneDnnGuard.Trust.IsOverruled)
        {
            var problem = OneDnnReport.FindProblem(OneDnnGuard.Trust, OneDnnGuard.OffBecause);
            throw new InvalidOperationException($"The self-test was not run, since it could end the process. {problem}");
        }

        PlainOperators.TryConvolutions();
        return CleanThread.Run<IReadOnlyList<SelfTestResult>>(() =>
        [
            .. OperatorChecks.Convolutions(ScalarType.Float32),
            .. OperatorChecks.Linears(ScalarType.Float32),
            .. KernelChecks.Float32(),
            .. KernelChecks.Int8(),
            .. CpuFeatures.HasFastBFloat16 && OneDnnGuard.OffBecause is null ? BFloat16() : [],
        ]);
    }

    private static IEnumerable<SelfTestResult> BFloat16() =>
        [.. OperatorChecks.Linears(ScalarType.BFloat16), .. OperatorChecks.Convolutions(ScalarType.BFloat16), .. KernelChecks.BFloat16()];
}
