using Clip.Kernels;
using Clip.Runtime;
using Clip.Shared;

namespace Clip.Models;

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
        var operators = CpuOperators.Test();
        return [.. operators, .. CleanThread.Run<IReadOnlyList<SelfTestResult>>(() => [.. KernelChecks.All()])];
    }
}
