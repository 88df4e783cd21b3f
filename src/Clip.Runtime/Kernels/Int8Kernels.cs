using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.Arm;
using System.Runtime.Intrinsics.X86;
using Clip.Runtime.Kernels.Float32;
using Clip.Runtime.Kernels.Int8;

namespace Clip.Runtime.Kernels;

/// <summary>Chooses how linear layers with weights of 8 bits are computed fastest on this processor; their results are the same everywhere.</summary>
internal static class Int8Kernels
{
    /// <summary>Makes a transformer without blocks, for activations in float32.</summary>
    /// <param name="heads">Attention heads.</param>
    /// <param name="epsilon">What norms add to the variance.</param>
    /// <param name="activation">Activation of the perceptrons.</param>
    /// <param name="causal">Whether tokens see only those before them, where no mask is given.</param>
    public static ITransformerKernel CreateTransformer(long heads, double epsilon, FusedActivation activation, bool causal)
    {
        if (Vector512.IsHardwareAccelerated)
            return new Transformer<Simd512, Vector512<float>>(heads, epsilon, activation, causal, Pack);
        return Avx2.IsSupported && Fma.IsSupported
            ? new Transformer<Simd256, Vector256<float>>(heads, epsilon, activation, causal, Pack)
            : new Transformer<Simd128, Vector128<float>>(heads, epsilon, activation, causal, Pack);
    }

    /// <summary>Quantizes and packs a linear layer.</summary>
    /// <param name="weight">[outputs, inputs].</param>
    /// <param name="bias">[outputs], or null.</param>
    public static IPackedLinear Pack(Tensor weight, Tensor? bias)
    {
        if (AvxVnni.IsSupported)
            return new Int8Linear<Simd256, Vector256<float>, Int8Simd256<VnniProducts>, Vector256<int>>(weight, bias);
        if (Avx512BW.IsSupported && Vector512.IsHardwareAccelerated)
            return new Int8Linear<Simd512, Vector512<float>, Int8Simd512<PairProducts512>, Vector512<int>>(weight, bias);
        if (Avx2.IsSupported && Fma.IsSupported)
            return new Int8Linear<Simd256, Vector256<float>, Int8Simd256<PairProducts256>, Vector256<int>>(weight, bias);
        if (Ssse3.IsSupported)
            return new Int8Linear<Simd128, Vector128<float>, Int8Simd128<PairProducts128>, Vector128<int>>(weight, bias);
        return Dp.IsSupported
            ? new Int8Linear<Simd128, Vector128<float>, Int8Simd128<DotProducts>, Vector128<int>>(weight, bias)
            : new Int8Linear<Simd128, Vector128<float>, Int8Simd128<PlainProducts>, Vector128<int>>(weight, bias);
    }
}
