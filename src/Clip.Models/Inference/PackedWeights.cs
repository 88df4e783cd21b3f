using Clip.Kernels;
using Clip.Kernels.Contracts;

namespace Clip.Models;

/// <summary>What stays of weights that a kernel holds in its own form.</summary>
internal static class PackedWeights
{
    /// <summary>Gives back the memory of all weights of a module; they keep shape and dtype and read as NaN everywhere.</summary>
    public static void Release(nn.Module module)
    {
        using var noGradients = no_grad();
        using var scope = NewDisposeScope();
        foreach (var (_, parameter) in module.named_parameters())
            parameter.set_(full([1], double.NaN, parameter.dtype, parameter.device).expand(parameter.shape));
    }

    /// <summary>
    /// Copies a projection [inputs, outputs] into a kernel; null where the plain product is as good. It is small, and those who have
    /// features project them themselves: the parameter stays as it is.
    /// </summary>
    public static ILinearKernel? TryCopy(Parameter projection, KernelBackend backend)
    {
        using var noGradients = no_grad();
        using var scope = NewDisposeScope();
        return backend.TryCreateLinear(projection.t(), null);
    }
}
