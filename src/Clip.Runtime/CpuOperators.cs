using Clip.Runtime.Cpu;
using Clip.Runtime.Numerics;
using Clip.Shared;

namespace Clip.Runtime;

/// <summary>What is known of libtorch's operators on this machine's CPU: which are fast, and whether they compute what they should.</summary>
/// <remarks>On some processors oneDNN, which libtorch calls for convolutions and half precision, computes wrongly; then libtorch is kept from calling it.</remarks>
public static class CpuOperators
{
    /// <summary>Whether this machine multiplies matrices of bfloat16 faster than those of float32.</summary>
    public static bool HasFastBFloat16 => CpuFeatures.HasFastBFloat16;

    /// <summary>Makes sure, once per process, that convolutions in float32 and their gradients are right, by oneDNN or without it.</summary>
    /// <exception cref="NotSupportedException">No way to convolve on this processor is right.</exception>
    /// <exception cref="TorchNotFoundException">TorchSharp's native libraries are missing.</exception>
    public static void RequireConvolutions()
    {
        TorchLibraries.EnsureLoaded();
        PlainOperators.RequireConvolutions();
    }

    /// <summary>Says why oneDNN's operators must not be called, after trying convolutions once per process.</summary>
    /// <returns>The reason as a clause; null where they may be called.</returns>
    /// <exception cref="TorchNotFoundException">TorchSharp's native libraries are missing.</exception>
    public static string? FindOneDnnProblem()
    {
        TorchLibraries.EnsureLoaded();
        PlainOperators.TryConvolutions();
        return OneDnnGuard.OffBecause;
    }

    /// <summary>Compares forward passes and both gradients of convolutions and linear layers with float64.</summary>
    /// <remarks>In float32, and in bfloat16 where it is fast. The sizes are those at which operators have been seen to fail. It takes about a second.</remarks>
    /// <exception cref="InvalidOperationException">
    /// The variable ONEDNN_MAX_CPU_ISA lets oneDNN compute on a processor on which it can end the process.
    /// </exception>
    /// <exception cref="TorchNotFoundException">TorchSharp's native libraries are missing.</exception>
    public static IReadOnlyList<SelfTestResult> Test()
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
            .. CpuFeatures.HasFastBFloat16 && OneDnnGuard.OffBecause is null ? BFloat16() : [],
        ]);
    }

    private static IEnumerable<SelfTestResult> BFloat16() =>
        [.. OperatorChecks.Linears(ScalarType.BFloat16), .. OperatorChecks.Convolutions(ScalarType.BFloat16)];
}
