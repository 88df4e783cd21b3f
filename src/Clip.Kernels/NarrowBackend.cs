using Clip.Kernels.Contracts;
using Clip.Kernels.Float32.Memory;
using Clip.Kernels.Float32.Networks;
using Clip.Kernels.Float32.Products;
using Clip.Kernels.Float32.Simd;
using Clip.Kernels.Weights;

namespace Clip.Kernels;

/// <summary>Transformers, patches and tokens whose weights are kept in 16 bits; they are multiplied and summed in float32.</summary>
/// <remarks>There are no convolutions of that kind.</remarks>
/// <typeparam name="TSimd">The arithmetic.</typeparam>
/// <typeparam name="TVector">Its vectors.</typeparam>
/// <param name="format">Those 16 bits.</param>
/// <param name="float32">The kernels in float32; null where the modules compute what is not rounded.</param>
internal sealed class NarrowBackend<TSimd, TVector>(WeightFormat format, KernelBackend? float32) : KernelBackend
    where TSimd : struct, ISimd<TVector>
    where TVector : struct
{
    // One stack computes at a time, mostly: all of a model share their memory.
    private readonly Scratch _scratch = new();

    /// <inheritdoc/>
    public override ITransformerKernel CreateTransformer(TransformerShape shape) => new Transformer<TSimd, TVector>(shape, Pack, _scratch, format);

    /// <inheritdoc/>
    public override IPatchKernel? TryCreatePatchEmbedding(PatchWeights weights) => new PatchEmbedding<TSimd, TVector>(weights, format);

    /// <inheritdoc/>
    public override ITokenMixerKernel? TryCreateTokenMixer(FastVitBlockWeights weights) => float32?.TryCreateTokenMixer(weights);

    /// <inheritdoc/>
    public override ITokenKernel? TryCreateTokenEmbedding(Tensor vectors, Tensor positions) => NarrowTokenLookup.TryCreate(vectors, positions, format);

    /// <inheritdoc/>
    public override ILinearKernel? TryCreateLinear(Tensor weight, Tensor? bias) => new Linear<TSimd, TVector>(weight, bias, format);

    /// <inheritdoc/>
    public override ILinearKernel? TryCreateBlockLinear(Tensor weight, Tensor? bias, FusedActivation? activation = null) =>
        BlockLinear.Create(weight, bias, activation, Pack);

    /// <inheritdoc/>
    public override IAttentionPoolKernel? TryCreateAttentionPool(AttentionPoolWeights weights) => float32?.TryCreateAttentionPool(weights);

    /// <inheritdoc/>
    public override ITokenPoolKernel? TryCreateTokenPool((Tensor Weight, Tensor Bias)? norm = null, double epsilon = 0) => float32?.TryCreateTokenPool(norm, epsilon);

    /// <inheritdoc/>
    public override IPlaceNormKernel? TryCreatePlaceNorm((Tensor Weight, Tensor Bias) norm, double epsilon) => float32?.TryCreatePlaceNorm(norm, epsilon);

    private PackedMatrix<TSimd, TVector> Pack(Tensor weight, Tensor? bias) => new(weight, bias, format);
}
