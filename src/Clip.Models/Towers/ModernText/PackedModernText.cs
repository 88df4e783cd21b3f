namespace Clip.Models;

/// <summary>open_clip's "modern" text tower whose blocks are in kernels.</summary>
/// <param name="tower">The tower whose weights they were.</param>
/// <param name="gate">The gate of the encoder that it belongs to.</param>
/// <param name="tokensPerPass">Tokens whose activations fit the caches.</param>
/// <param name="kernels">All kernels.</param>
/// <param name="encode">Token ids to tokens.</param>
internal sealed class PackedModernText(ModernTextTower tower, PassGate gate, long tokensPerPass, KernelList kernels, Func<Tensor, Tensor> encode)
    : PackedTextTower(tower, gate, tokensPerPass)
{
    /// <inheritdoc/>
    public override void Dispose() => kernels.Dispose();

    /// <inheritdoc/>
    protected override Tensor Encode(Tensor ids) => encode(ids);

    /// <inheritdoc/>
    protected override Tensor EncodeFeatures(Tensor ids) => tower.Pool(encode(ids), ids);
}
