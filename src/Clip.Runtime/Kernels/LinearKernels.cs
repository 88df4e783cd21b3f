using Clip.Runtime.Kernels.Float32;

namespace Clip.Runtime.Kernels;

/// <summary>Chooses the kernel that computes a linear layer by itself fastest on this processor.</summary>
internal static class LinearKernels
{
    /// <summary>Makes the kernel; null where the plain module is as good.</summary>
    /// <param name="weight">[outputs, inputs].</param>
    /// <param name="bias">[outputs], or null.</param>
    public static ILinearKernel? TryCreate(Tensor weight, Tensor? bias) =>
        weight.dtype == ScalarType.Float32 && Float32Kernels.AreFast ? Float32Kernels.CreateLinear(weight, bias) : null;
}
