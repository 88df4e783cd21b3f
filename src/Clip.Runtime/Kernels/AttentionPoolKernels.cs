using Clip.Runtime.Kernels.Float32;

namespace Clip.Runtime.Kernels;

/// <summary>Chooses the kernel that pools a ResNet's places fastest on this processor.</summary>
internal static class AttentionPoolKernels
{
    /// <summary>Makes the kernel; null where libtorch's operators are as good.</summary>
    public static IAttentionPoolKernel? TryCreate(AttentionPoolWeights weights) =>
        weights.Attention.KeyWeight.dtype == ScalarType.Float32 && Float32Kernels.AreFast ? Float32Kernels.CreateAttentionPool(weights) : null;
}
