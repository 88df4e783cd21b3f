using Clip.Kernels.Contracts;

namespace Clip.Models;

/// <summary>CLIP's text tower in kernels.</summary>
/// <param name="tower">The tower whose weights they were.</param>
/// <param name="dtype">The dtype of the computation.</param>
/// <param name="gate">The gate of the encoder that it belongs to.</param>
/// <param name="tokensPerPass">Tokens whose activations fit the caches.</param>
/// <param name="kernels">All kernels.</param>
/// <param name="embedding">Looks tokens up; null where the tower does.</param>
/// <param name="blocks">The transformer.</param>
/// <param name="projection">The projection; null where the tower projects.</param>
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
        return tower.Norm(blocks.Forward(tokens, mask));
    }

    /// <inheritdoc/>
    protected override Tensor EncodeFeatures(Tensor ids)
    {
        var (tokens, mask) = Embed(ids);
        return tower.Norm(blocks.ForwardAt(tokens, tower.Positions(ids, tokens.shape[1] - 1), mask));
    }

    /// <inheritdoc/>
    protected override Tensor Project(Tensor features) => projection?.Forward(features) ?? base.Project(features);

    private (Tensor Tokens, Tensor? Mask) Embed(Tensor ids) => embedding is null ? tower.Embed(ids, dtype) : (embedding.Forward(ids), null);
}
