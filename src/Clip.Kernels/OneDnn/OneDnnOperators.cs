using System.Runtime.InteropServices;
using Clip.Kernels.Contracts;
using Clip.Runtime;

namespace Clip.Kernels.OneDnn;

/// <summary>Whether libtorch's oneDNN operators with packed weights work in this process.</summary>
/// <remarks>
/// They are part of libtorch for x64 CPUs. Builds for other CPUs have the names but not the kernels, and on some processors oneDNN computes wrongly, so
/// that a trial decides.
/// </remarks>
internal static class OneDnnOperators
{
    private static readonly Lazy<bool> s_serveFloat32 = new(() => Try(ScalarType.Float32));
    private static readonly Lazy<bool> s_serveBFloat16 = new(() => Try(ScalarType.BFloat16));

    /// <summary>Whether the operators are there, compute what they should, and are fast in a dtype on this CPU.</summary>
    public static bool Serve(ScalarType dtype) => dtype switch
    {
        ScalarType.Float32 => s_serveFloat32.Value,
        ScalarType.BFloat16 => s_serveBFloat16.Value,
        _ => false,
    };

    /// <summary>Whether the operators may be called, and would be fast in a dtype on this CPU, if they are right.</summary>
    /// <remarks>Operators called by name reach oneDNN even where it is off: it has to be trusted first.</remarks>
    public static bool MayServe(ScalarType dtype) =>
        RuntimeInformation.ProcessArchitecture == Architecture.X64
        && (dtype == ScalarType.Float32 || (dtype == ScalarType.BFloat16 && CpuOperators.HasFastBFloat16))
        && CpuOperators.FindOneDnnProblem() is null;

    /// <summary>Calls a linear layer, as TorchScript.</summary>
    /// <param name="x">Expression of the input [..., inputs].</param>
    /// <param name="weight">Expression of the packed weight.</param>
    /// <param name="bias">Expression of the bias [outputs].</param>
    /// <param name="activation">What to compute of the result, where swish has the coefficient 1; null for nothing.</param>
    public static string Linear(string x, string weight, string bias, FusedActivation? activation = null)
    {
        var (name, algorithm) = activation?.Kind switch
        {
            null => ("none", ""),
            ActivationKind.Gelu => ("gelu", "none"),
            ActivationKind.GeluTanh => ("gelu", "tanh"),
            ActivationKind.Swish => ("swish", ""),
            ActivationKind.Relu => ("relu", ""),
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

    private static bool Try(ScalarType dtype) => MayServe(dtype) && OneDnnTrial.Succeeds(dtype);
}
