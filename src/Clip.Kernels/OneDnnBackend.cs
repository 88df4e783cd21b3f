using Clip.Kernels.Contracts;
using Clip.Kernels.Float32.Networks;
using Clip.Kernels.OneDnn;
using Clip.Kernels.Weights;

namespace Clip.Kernels;

/// <summary>Networks as TorchScript that calls libtorch's oneDNN operators with packed weights.</summary>
/// <param name="dtype">The dtype of the weights and activations.</param>
internal sealed class OneDnnBackend(ScalarType dtype) : KernelBackend
{
    /// <inheritdoc/>
    public override bool CopiesWeights => false;

    /// <inheritdoc/>
    public override ITransformerKernel CreateTransformer(TransformerShape shape) => new OneDnnTransformer(shape);

    /// <inheritdoc/>
    public override IResNetKernel? TryCreateResNet(ResNetWeights weights, long height, long width) => new OneDnnResNet(weights, height, width);

    /// <inheritdoc/>
    public override IAttentionPoolKernel? TryCreateAttentionPool(AttentionPoolWeights weights) => new OperatorAttentionPool(weights);

    /// <inheritdoc/>
    public override ITokenKernel? TryCreateTokenEmbedding(Tensor vectors, Tensor positions) =>
        dtype == ScalarType.Float32 ? TokenLookup.TryCreate(vectors, positions) : null;
}
