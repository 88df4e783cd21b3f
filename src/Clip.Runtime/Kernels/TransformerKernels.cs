using Clip.Runtime.Kernels.Float32;

namespace Clip.Runtime.Kernels;

/// <summary>Chooses the kernel that computes a transformer fastest on this processor.</summary>
internal static class TransformerKernels
{
    /// <summary>Makes a stack without blocks.</summary>
    /// <param name="dtype">The dtype of weights and activations.</param>
    /// <param name="heads">Attention heads.</param>
    /// <param name="epsilon">What norms add to the variance.</param>
    /// <param name="activation">Activation of the perceptrons.</param>
    /// <param name="causal">Whether tokens see only those before them, where no mask is given.</param>
    public static ITransformerKernel Create(ScalarType dtype, long heads, double epsilon, FusedActivation activation, bool causal) =>
        dtype == ScalarType.Float32 && Float32Kernels.AreFast
            ? Float32Kernels.CreateTransformer(heads, epsilon, activation, causal)
            : new TransformerKernel(heads, epsilon, activation, causal);
}
