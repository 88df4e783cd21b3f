using System.Runtime.InteropServices;
using Clip.Shared;

namespace Clip.Runtime.Numerics;

/// <summary>Makes sure, once per process, that what plain modules call on the CPU computes what it should.</summary>
internal static class PlainOperators
{
    private static readonly Lazy<string?> s_convolutionFault = new(FindConvolutionFault);
    private static readonly Lazy<string?> s_bfloat16Fault = new(FindBFloat16Fault);

    /// <summary>
    /// Tries convolutions in float32 with their gradients. Where oneDNN computes them wrongly it is turned off, and libtorch's own are tried.
    /// </summary>
    /// <exception cref="NotSupportedException">No way to convolve on this processor is right.</exception>
    public static void RequireConvolutions()
    {
        if (s_convolutionFault.Value is { } fault)
            throw new NotSupportedException($"libtorch convolves wrongly on this processor ({fault}). Run `clip doctor`, and report what it prints.");
    }

    /// <summary>The same without an exception: afterwards oneDNN is off if it convolves wrongly.</summary>
    public static void TryConvolutions() => _ = s_convolutionFault.Value;

    /// <summary>Why bfloat16 is not served on this CPU, or null where it is.</summary>
    public static string? FindBFloat16Problem()
    {
        TryConvolutions();
        return OneDnnGuard.OffBecause is { } reason
            ? $"The CPU does not serve bfloat16: oneDNN, which computes it, is off, because {reason}."
            : s_bfloat16Fault.Value is { } fault ? $"The CPU does not serve bfloat16: libtorch computes wrongly in it ({fault})." : null;
    }

    private static string? FindConvolutionFault()
    {
        if (FindFault(OperatorChecks.Convolutions, ScalarType.Float32) is not { } fault)
            return null;
        return OneDnnGuard.TurnOff($"it computes wrongly on this processor ({fault})") ? FindFault(OperatorChecks.Convolutions, ScalarType.Float32) : fault;
    }

    private static string? FindBFloat16Fault() =>
        FindFault(OperatorChecks.Linears, ScalarType.BFloat16) ?? FindFault(OperatorChecks.Convolutions, ScalarType.BFloat16);

    private static string? FindFault(Func<ScalarType, IEnumerable<SelfTestResult>> check, ScalarType dtype) => CleanThread.Run(() =>
    {
        try
        {
            return check(dtype).FirstOrDefault(result => !result.Passes)?.ToString();
        }
        catch (ExternalException e)
        {
            return e.Message.Split('\n')[0];
        }
    });
}
