using Clip.Kernels.Contracts;
using Clip.Kernels.Float32.Memory;
using Clip.Kernels.Float32.Networks;
using Clip.Kernels.Float32.Products;
using Clip.Kernels.Float32.Simd;
using Clip.Kernels.Float32.Training;
using Clip.Kernels.Weights;

namespace Clip.Kernels;

/// <summary>The library's own kernels in float32, for registers of one size.</summary>
/// <typeparam name="TSimd">The arithmetic.</typeparam>
/// <typeparam name="TVector">Its vectors.</typeparam>
internal sealed class Float32Backend<TSimd, TVector> : KernelBackend
    where TSimd : struct, ISimd<TVector>
    where TVector : struct
{
    // One stack computes at a time, mostly: all of a model share their memory.
    private readonly Scratch _scratch = new();

    /// <inheritdoc/>
    public override ITransformerKernel CreateTransformer(TransformerShape shape) => new Transformer<TSimd, TVector>(shape, scratch: _scratch);

    /// <inheritdoc/>
    public override IResNetKernel? TryCreateResNet(ResNetWeights weights, long height, long width) =>
        new ResNet<TSimd, TVector>(weights, (nint)height, (nint)width);

    /// <inheritdoc/>
    public override IFastVitKernel? TryCreateFastVit(FastVitWeights weights) => new FastVit<TSimd, TVector>(weights);

    /// <inheritdoc/>
    public override IConvolutionTokensKernel? TryCreateConvolutionTokens(ConvolutionTokensWeights weights) => new ConvolutionTokens<TSimd, TVector>(weights);

    /// <inheritdoc/>
    public override ITokenMixerKernel? TryCreateTokenMixer(FastVitBlockWeights weights) => new TokenMixer<TSimd, TVector>(weights);

    /// <inheritdoc/>
    public override IPatchKernel? TryCreatePatchEmbedding(PatchWeights weights) => new PatchEmbedding<TSimd, TVector>(weights);

    /// <inheritdoc/>
    public override ITokenKernel? TryCreateTokenEmbedding(Tensor vectors, Tensor positions) => TokenLookup.TryCreate(vectors, positions);

    /// <inheritdoc/>
    public override ILinearKernel? TryCreateLinear(Tensor weight, Tensor? bias) => new Linear<TSimd, TVector>(weight, bias);

    /// <inheritdoc/>
    public override ILinearKernel? TryCreateBlockLinear(Tensor weight, Tensor? bias, FusedActivation? activation = null) =>
        BlockLinear.Create(weight, bias, activation, (weight, bias) => new PackedMatrix<TSimd, TVector>(weight, bias));

    /// <inheritdoc/>
    public override IMlpKernel? TryCreateMlp(MlpWeights weights) => new Mlp<TSimd, TVector>(weights);

    /// <inheritdoc/>
    public override IPixelKernel? TryCreateDepthwiseConvolution(Tensor weight, Tensor bias) => new DepthwiseFilter<TSimd, TVector>(weight, bias);

    /// <inheritdoc/>
    public override IPixelKernel? TryCreatePixelMerging((Tensor Weight, Tensor Bias) norm, double epsilon, Tensor weight, Tensor bias) =>
        new PixelMerging<TSimd, TVector>(norm, epsilon, weight, bias);

    /// <inheritdoc/>
    public override IAttentionPoolKernel? TryCreateAttentionPool(AttentionPoolWeights weights) => new AttentionPool<TSimd, TVector>(weights);

    /// <inheritdoc/>
    public override ITokenPoolKernel? TryCreateTokenPool((Tensor Weight, Tensor Bias)? norm = null, double epsilon = 0) => new TokenPool<TSimd, TVector>(norm, epsilon);

    /// <inheritdoc/>
    public override IPlaceNormKernel? TryCreatePlaceNorm((Tensor Weight, Tensor Bias) norm, double epsilon) => new PlaceNorm<TSimd, TVector>(norm, epsilon);

    /// <inheritdoc/>
    public override ITrainingKernels? TryCreateTraining() => new TrainingKernels<TSimd, TVector>();
}
