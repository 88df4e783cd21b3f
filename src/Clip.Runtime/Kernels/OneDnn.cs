using System.Runtime.InteropServices;
using Clip.Runtime.Cpu;
using Clip.Runtime.Numerics;

namespace Clip.Runtime.Kernels;

/// <summary>Whether libtorch's oneDNN operators with packed weights work in this process.</summary>
/// <remarks>
/// They are part of libtorch for x64 CPUs. Builds for other CPUs have the names but not the kernels, and on some processors oneDNN computes wrongly, so
/// that a trial decides.
/// </remarks>
internal static class OneDnn
{
    private static readonly Lazy<bool> s_servesFloat32 = new(() => Try(ScalarType.Float32));
    private static readonly Lazy<bool> s_servesBFloat16 = new(() => CpuFeatures.HasFastBFloat16 && Try(ScalarType.BFloat16));

    /// <summary>Whether the operators are there, compute what they should, and are fast in a dtype on this CPU.</summary>
    public static bool Serves(ScalarType dtype) => dtype switch
    {
        ScalarType.Float32 => s_servesFloat32.Value,
        ScalarType.BFloat16 => s_servesBFloat16.Value,
        _ => false,
    };

    /// <summary>Calls a linear layer, as TorchScript.</summary>
    /// <param name="x">Expression of the input [..., inputs].</param>
    /// <param name="weight">Expression of the packed weight.</param>
    /// <param name="bias">Expression of the bias [outputs].</param>
    /// <param name="activation">What to compute of the result; null for nothing.</param>
    public static string Linear(string x, string weight, string bias, FusedActivation? activation = null)
    {
        var (name, algorithm) = activation switch
        {
            null => ("none", ""),
            FusedActivation.Gelu => ("gelu", "none"),
            FusedActivation.GeluTanh => ("gelu", "tanh"),
            FusedActivation.QuickGelu => ("swish", ""),
            _ => throw new ArgumentOutOfRangeException(nameof(activation), activation, "There is no such activation."),
        };
        return $"ops.mkldnn._linear_pointwise({x}, {weight}, {bias}, \"{name}\", annotate(List[Optional[number]], []), \"{algorithm}\")";
    }

    /// <summary>Calls a linear layer whose result is added to another tensor, as TorchScript.</summary>
    public static string LinearAdd(string x, string other, string weight, string bias) =>
        $"ops.mkldnn._linear_pointwise({x}, {other}, {weight}, {bias}, \"add\")";

    /// <summary>Packs the weight [outputs, inputs] of a linear layer, as TorchScript.</summary>
    /// <param name="weight">Expression of the weight, dense.</param>
    /// <param name="rows">Expression of the number of rows it will usually be applied to.</param>
    public static string PackLinear(string weight, string rows) => $"ops.mkldnn._reorder_linear_weight({weight}, {rows})";

    // Operators called by name reach oneDNN even where it is off: it has to be trusted first.
    private static bool Try(ScalarType dtype)
    {
        if (RuntimeInformation.ProcessArchitecture != Architecture.X64)
            return false;
        PlainOperators.TryConvolutions();
        return OneDnnGuard.OffBecause is null && KernelTrial.Succeeds(dtype);
    }
}
