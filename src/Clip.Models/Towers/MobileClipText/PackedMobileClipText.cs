using Clip.Kernels.Contracts;

namespace Clip.Models;

/// <summary>MobileCLIP-S0's text tower in kernels.</summary>
/// <param name="tower">The tower whose weights they were.</param>
/// <param name="dtype">The dtype of the computation.</param>
/// <param name="gate">The gate of the encoder that it belongs to.</param>
/// <param name="tokensPerPass">Tokens whose activations fit the caches.</param>
/// <param name="kernels">All kernels.</param>
/// <param name="blocks">The first mixer, the transformer, and the last mixer.</param>
/// <param name="projection">The projection; null where the tower projects.</param>
internal sealed class PackedMobileClipText(
    MobileClipTextTower tower, ScalarType dtype, PassGate gate, long tokensPerPass,
    KernelList kernels, (Func<Tensor, Tensor> First, ITransformerKernel Middle, Func<Tensor, Tensor> Last) blocks, ILinearKernel? projection)
    : PackedTextTower(tower, gate, tokensPerPass)
{
    /// <inheritdoc/>
    public override void Dispose() => kernels.Dispose();

    /// <inheritdoc/>
    protected override Tensor Encode(Tensor ids) => tower.Norm(blocks.Last(blocks.Middle.Forward(blocks.First(tower.Embed(ids, dtype)), null)));

    /// <inheritdoc/>
    protected override Tensor EncodeFeatures(Tensor ids) => MobileClipTextTower.Pool(ids, Encode(ids));

    /// <inheritdoc/>
    protected override Tensor Project(Tensor features) => projection?.Forward(features) ?? base.Project(features);
}
