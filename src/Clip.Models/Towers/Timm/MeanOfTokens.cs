using Clip.Kernels;

namespace Clip.Models;

/// <summary>Features that are the mean of a packed trunk's tokens.</summary>
internal static class MeanOfTokens
{
    /// <summary>Makes what computes them; null where there is no kernel for it, and the trunk pools.</summary>
    /// <param name="backend">Makes the kernel.</param>
    /// <param name="kernels">Disposes it.</param>
    /// <param name="encode">Pixels to tokens, [N, 3, H, W] to [N, L, W].</param>
    /// <param name="norm">The norm behind the mean, which is left as it is; null for none.</param>
    /// <param name="epsilon">What it adds to the variance.</param>
    public static Func<Tensor, Tensor>? Pack(
        KernelBackend backend, KernelList kernels, Func<Tensor, Tensor> encode, MixedPrecisionLayerNorm? norm = null, double epsilon = 0)
    {
        if (kernels.Add(backend.TryCreateTokenPool(norm?.Affine, epsilon)) is not { } pool)
            return null;
        return pixels =>
        {
            using var tokens = encode(pixels);
            return pool.Forward(tokens);
        };
    }
}
