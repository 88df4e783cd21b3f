using Clip.Kernels;
using Clip.Kernels.Contracts;

namespace Clip.Models;

/// <summary>Packs projections into the shared space.</summary>
internal static class ProjectionKernel
{
    /// <summary>Copies a projection [inputs, outputs] into a kernel; null where the plain product is as good.</summary>
    public static ILinearKernel? TryCreate(KernelBackend backend, Parameter projection)
    {
        using var noGradients = no_grad();
        using var scope = NewDisposeScope();
        return backend.TryCreateLinear(projection.t(), null);
    }
}
