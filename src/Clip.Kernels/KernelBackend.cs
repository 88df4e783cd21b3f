using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.Arm;
using System.Runtime.Intrinsics.X86;
using Clip.Kernels.Contracts;
using Clip.Kernels.Float32.Products;
using Clip.Kernels.Float32.Simd;
using Clip.Kernels.Int8;
using Clip.Kernels.Weights;

namespace Clip.Kernels;

/// <summary>The kernels that compute networks of a dtype fastest on this processor, and the only place that asks what the processor offers.</summary>
/// <remarks>Where a method answers null, libtorch's operators are as fast, and the modules compute.</remarks>
internal abstract class KernelBackend
{
    /// <summary>Finds the kernels for weights on the CPU.</summary>
    /// <param name="dtype">The dtype of the weights and activations.</param>
    /// <param name="quantization">How linear layers of transformers hold their weights.</param>
    /// <param name="whyNot">Why there are none, as a clause; null where there are.</param>
    /// <returns>The kernels; null where there are none.</returns>
    public static KernelBackend? Find(ScalarType dtype, Quantization quantization, out string? whyNot)
    {
        var backend = quantization switch
        {
            Quantization.None => (dtype == ScalarType.Float32 ? FindFloat32() : null) ?? FindOneDnn(dtype),
            Quantization.Float16 => dtype == ScalarType.Float32 ? FindNarrow(WeightFormat.Float16) : null,
            Quantization.BFloat16 => dtype == ScalarType.Float32 ? FindNarrow(WeightFormat.BFloat16) : null,
            Quantization.Int8 => dtype == ScalarType.Float32 ? FindInt8() : null,
            _ => throw new ArgumentOutOfRangeException(nameof(quantization), quantization, "There is no such quantization."),
        };
        whyNot = backend is not null ? null
            : quantization is Quantization.Float16 or Quantization.BFloat16 ? $"weights in {quantization} multiply activations in float32, and the model is in {dtype}"
            : quantization == Quantization.Int8 ? $"int8 linear layers take activations in float32, and the weights are in {dtype}"
            : $"there are no kernels in {dtype} for this processor";
        return backend;
    }

    /// <summary>Finds the kernels without asking why there are none.</summary>
    public static KernelBackend? Find(ScalarType dtype, Quantization quantization = Quantization.None) => Find(dtype, quantization, out _);

    /// <summary>Quantizes and packs a linear layer for the fastest instructions of this processor; results are the same with all.</summary>
    /// <param name="weight">[outputs, inputs], in float32.</param>
    /// <param name="bias">[outputs], or null.</param>
    public static IPackedLinear PackInt8(Tensor weight, Tensor? bias)
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

    /// <summary>Whether the kernels of a transformer have copies of the weights, so that they need not live on, nor stay as they were.</summary>
    public virtual bool CopiesWeights => true;

    /// <summary>Makes a transformer without blocks.</summary>
    public abstract ITransformerKernel CreateTransformer(TransformerShape shape);

    /// <summary>Packs the convolutions of a ResNet.</summary>
    /// <param name="weights">The weights.</param>
    /// <param name="height">Rows of the images that it will see.</param>
    /// <param name="width">Columns of the images.</param>
    public virtual IResNetKernel? TryCreateResNet(ResNetWeights weights, long height, long width) => null;

    /// <summary>Packs a FastViT.</summary>
    public virtual IFastVitKernel? TryCreateFastVit(FastVitWeights weights) => null;

    /// <summary>Packs convolutions that make tokens of images.</summary>
    public virtual IConvolutionTokensKernel? TryCreateConvolutionTokens(ConvolutionTokensWeights weights) => null;

    /// <summary>Packs a block of convolutions over neighboring tokens.</summary>
    public virtual ITokenMixerKernel? TryCreateTokenMixer(FastVitBlockWeights weights) => null;

    /// <summary>Packs the projection of patches to tokens.</summary>
    public virtual IPatchKernel? TryCreatePatchEmbedding(PatchWeights weights) => null;

    /// <summary>Takes over the vectors of tokens and of positions, which are read where they are.</summary>
    /// <param name="vectors">The tokens' vectors, [V, W].</param>
    /// <param name="positions">The positions' vectors, [L, W].</param>
    public virtual ITokenKernel? TryCreateTokenEmbedding(Tensor vectors, Tensor positions) => null;

    /// <summary>Packs a linear layer by itself.</summary>
    /// <param name="weight">[outputs, inputs].</param>
    /// <param name="bias">[outputs], or null.</param>
    public virtual ILinearKernel? TryCreateLinear(Tensor weight, Tensor? bias) => null;

    /// <summary>Packs a linear layer of a transformer block, which is quantized where those of <see cref="CreateTransformer"/> are.</summary>
    /// <param name="weight">[outputs, inputs].</param>
    /// <param name="bias">[outputs], or null.</param>
    /// <param name="activation">What to compute of the result; null for nothing.</param>
    public virtual ILinearKernel? TryCreateBlockLinear(Tensor weight, Tensor? bias, FusedActivation? activation = null) => null;

    /// <summary>Packs a residual branch of norms and an MLP.</summary>
    public virtual IMlpKernel? TryCreateMlp(MlpWeights weights) => null;

    /// <summary>Packs a convolution of each channel by itself that keeps height and width.</summary>
    /// <param name="weight">[C, 1, k, k] with an odd k.</param>
    /// <param name="bias">[C].</param>
    public virtual IPixelKernel? TryCreateDepthwiseConvolution(Tensor weight, Tensor bias) => null;

    /// <summary>Packs a norm of each pixel and a convolution whose stride is its kernel.</summary>
    /// <param name="norm">Gains and biases [C].</param>
    /// <param name="epsilon">What the norm adds to the variance.</param>
    /// <param name="weight">[O, C, k, k].</param>
    /// <param name="bias">[O].</param>
    public virtual IPixelKernel? TryCreatePixelMerging((Tensor Weight, Tensor Bias) norm, double epsilon, Tensor weight, Tensor bias) => null;

    /// <summary>Packs an attention pooling.</summary>
    public virtual IAttentionPoolKernel? TryCreateAttentionPool(AttentionPoolWeights weights) => null;

    /// <summary>Makes the mean of tokens.</summary>
    /// <param name="norm">Gain and bias [W] of a norm behind it; null for none.</param>
    /// <param name="epsilon">What the norm adds to the variance.</param>
    public virtual ITokenPoolKernel? TryCreateTokenPool((Tensor Weight, Tensor Bias)? norm = null, double epsilon = 0) => null;

    /// <summary>Packs a norm of places that are gathered before it.</summary>
    /// <param name="norm">Gain and bias.</param>
    /// <param name="epsilon">What the norm adds to the variance.</param>
    public virtual IPlaceNormKernel? TryCreatePlaceNorm((Tensor Weight, Tensor Bias) norm, double epsilon) => null;

    /// <summary>Makes kernels for training, which the caller disposes.</summary>
    public virtual ITrainingKernels? TryCreateTraining() => null;

    private static KernelBackend? FindFloat32() =>
        Vector512.IsHardwareAccelerated ? new Float32Backend<Simd512, Vector512<float>>()
        : Avx2.IsSupported && Fma.IsSupported ? new Float32Backend<Simd256, Vector256<float>>()
        : null;

    private static KernelBackend FindNarrow(WeightFormat format) =>
        Vector512.IsHardwareAccelerated ? new NarrowBackend<Simd512, Vector512<float>>(format, FindFloat32())
        : Avx2.IsSupported && Fma.IsSupported ? new NarrowBackend<Simd256, Vector256<float>>(format, FindFloat32())
        : new NarrowBackend<Simd128, Vector128<float>>(format, FindFloat32());

    private static KernelBackend FindInt8() =>
        Vector512.IsHardwareAccelerated ? new Int8Backend<Simd512, Vector512<float>>(FindFloat32(), PackInt8)
        : Avx2.IsSupported && Fma.IsSupported ? new Int8Backend<Simd256, Vector256<float>>(FindFloat32(), PackInt8)
        : new Int8Backend<Simd128, Vector128<float>>(FindFloat32(), PackInt8);

    private static OneDnnBackend? FindOneDnn(ScalarType dtype) => OneDnn.OneDnnOperators.Serve(dtype) ? new OneDnnBackend(dtype) : null;
}
