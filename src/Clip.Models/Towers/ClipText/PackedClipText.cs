using Clip.Kernels.Contracts;

namespace Clip.Models;

/// <summary>CLIP's text tower with its weights in kernels.</summary>
internal sealed class PackedClipText(
    ClipTextTower tower, ScalarType dtype, PassGate gate, long tokensPerPass,
    KernelList kernels, ITokenKernel? embedding, ITransformerKernel blocks, ILinearKernel? projection)
    : PackedTextTower(tower, gate, tokensPerPass)
{
    /// <inheritdoc/>
    public override void Dispose() => kernels.Dispose();

    /// <inheritdoc/>
    protected override Tensor Encode(Tensor ids)
    {
        var (tokens, mask) = Embed(ids);
        return tower.Norm(blocks.Forward(tokens, mask));                                                    // [N, L, W]
    }

    /// <inheritdoc/>
    protected override Tensor EncodeFeatures(Tensor ids)
    {
        var (tokens, mask) = Embed(ids);
        return tower.Norm(blocks.ForwardAt(tokens, tower.Positions(ids, tokens.shape[1] - 1), mask));       // [N, W]
    }

    /// <inheritdoc/>
    protected override Tensor Project(Tensor features) => projection?.Forward(features) ?? base.Project(features);

    private (Tensor Tokens, Tensor? Mask) Embed(Tensor ids) => embedding is null ? tower.Embed(ids, dtype) : (embedding.Forward(ids), null);
}
