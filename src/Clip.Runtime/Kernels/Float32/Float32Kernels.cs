using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Clip.Runtime.Kernels.Float32;

/// <summary>The float32 kernels for the registers of this processor.</summary>
internal static class Float32Kernels
{
    /// <summary>Whether this processor has what they are made for: AVX2 with fused multiply-add, or AVX-512.</summary>
    public static bool AreFast => Vector512.IsHardwareAccelerated || (Avx2.IsSupported && Fma.IsSupported);

    /// <summary>Makes tokens of pictures.</summary>
    public static IPatchKernel CreatePatchEmbedding(PatchWeights weights) =>
        Vector512.IsHardwareAccelerated
            ? new PatchEmbedding<Simd512, Vector512<float>>(weights)
            : new PatchEmbedding<Simd256, Vector256<float>>(weights);

    /// <summary>Packs the convolutions of a ResNet for pictures of a size.</summary>
    public static IResNetKernel CreateResNet(IReadOnlyList<NormedConvolution> stem, IReadOnlyList<BottleneckWeights> blocks, long height, long width) =>
        Vector512.IsHardwareAccelerated
            ? new ResNet<Simd512, Vector512<float>>(stem, blocks, (nint)height, (nint)width)
            : new ResNet<Simd256, Vector256<float>>(stem, blocks, (nint)height, (nint)width);

    /// <summary>Packs the weights of a ResNet's pooling.</summary>
    public static IAttentionPoolKernel CreateAttentionPool(AttentionPoolWeights weights) =>
        Vector512.IsHardwareAccelerated
            ? new AttentionPool<Simd512, Vector512<float>>(weights)
            : new AttentionPool<Simd256, Vector256<float>>(weights);

    /// <summary>Packs the weights of a linear layer.</summary>
    public static ILinearKernel CreateLinear(Tensor weight, Tensor? bias) =>
        Vector512.IsHardwareAccelerated
            ? new Linear<Simd512, Vector512<float>>(weight, bias)
            : new Linear<Simd256, Vector256<float>>(weight, bias);

    /// <summary>Makes a transformer without blocks.</summary>
    public static ITransformerKernel CreateTransformer(long heads, double epsilon, FusedActivation activation, bool causal) =>
        Vector512.IsHardwareAccelerated
            ? new Transformer<Simd512, Vector512<float>>(heads, epsilon, activation, causal)
            : new Transformer<Simd256, Vector256<float>>(heads, epsilon, activation, causal);
}
