using Clip.Kernels.Contracts;
using Clip.Kernels.Float32.Memory;
using Clip.Kernels.Float32.Networks;
using Clip.Kernels.Float32.Products;
using Clip.Kernels.Float32.Simd;
using Clip.Kernels.Weights;

namespace Clip.Kernels;

/// <summary>Transformers whose linear layers have weights of 8 bits; everything else is in float32.</summary>
/// <remarks>There are no convolutions of 8 bits.</remarks>
/// <typeparam name="TSimd">The float32 arithmetic of norms and attention.</typeparam>
/// <typeparam name="TVector">Its vectors.</typeparam>
/// <param name="float32">The kernels in float32; null where the modules compute what is not quantized.</param>
/// <param name="pack">Quantizes and packs a linear layer.</param>
internal sealed class Int8Backend<TSimd, TVector>(KernelBackend? float32, Func<Tensor, Tensor?, IPackedLinear> pack) : KernelBackend
    where TSimd : struct, ISimd<TVector>
    where TVector : struct
{
    // One stack computes at a time, mostly: all of a model share their memory.
    private readonly Scratch _scratch = new();

    /// <inheritdoc/>
    public override ITransformerKernel CreateTransformer(TransformerShape shape) => new Transformer<TSimd, TVector>(shape, pack, _scratch);

    /// <inheritdoc/>
    public override IPatchKernel? TryCreatePatchEmbedding(PatchWeights weights) => float32?.TryCreatePatchEmbedding(weights);

    /// <inheritdoc/>
    public override ITokenMixerKernel? TryCreateTokenMixer(FastVitBlockWeights weights) => float32?.TryCreateTokenMixer(weights);

    /// <inheritdoc/>
    public override ITokenKernel? TryCreateTokenEmbedding(Tensor vectors, Tensor positions) => TokenLookup.TryCreate(vectors, positions);

    /// <inheritdoc/>
    public override ILinearKernel? TryCreateLinear(Tensor weight, Tensor? bias) => float32?.TryCreateLinear(weight, bias);

    /// <inheritdoc/>
    public override ILinearKernel? TryCreateBlockLinear(Tensor weight, Tensor? bias, FusedActivation? activation = null) =>
        BlockLinear.Create(weight, bias, activation, pack);

    /// <inheritdoc/>
    public override IAttentionPoolKernel? TryCreateAttentionPool(AttentionPoolWeights weights) => float32?.TryCreateAttentionPool(weights);

    /// <inheritdoc/>
    public override ITokenPoolKernel? TryCreateTokenPool((Tensor Weight, Tensor Bias)? norm = null, double epsilon = 0) => float32?.TryCreateTokenPool(norm, epsilon);

    /// <inheritdoc/>
    public override IPlaceNormKernel? TryCreatePlaceNorm((Tensor Weight, Tensor Bias) norm, double epsilon) => float32?.TryCreatePlaceNorm(norm, epsilon);
}
