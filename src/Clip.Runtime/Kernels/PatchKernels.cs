using Clip.Runtime.Kernels.Float32;

namespace Clip.Runtime.Kernels;

/// <summary>Chooses the kernel that makes tokens of pictures fastest on this processor.</summary>
internal static class PatchKernels
{
    /// <summary>Makes the kernel; null where the plain modules are as good.</summary>
    public static IPatchKernel? TryCreate(PatchWeights weights) =>
        weights.Weight.dtype == ScalarType.Float32 && Float32Kernels.AreFast ? Float32Kernels.CreatePatchEmbedding(weights) : null;
}
