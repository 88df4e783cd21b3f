namespace Clip.Models;

/// <summary>A text tower whose blocks are in kernels and whose features are pooled from all tokens by the tower's own layers.</summary>
/// <param name="tower">The tower whose weights they were.</param>
/// <param name="gate">The gate of the encoder that it belongs to.</param>
/// <param name="tokensPerPass">Tokens whose activations fit the caches.</param>
/// <param name="kernels">All kernels.</param>
/// <param name="encode">Token ids to tokens.</param>
/// <param name="pool">Tokens and their ids to features.</param>
internal sealed class PackedEncoderText(
    TextTower tower, PassGate gate, long tokensPerPass, KernelList kernels, Func<Tensor, Tensor> encode, Func<Tensor, Tensor, Tensor> pool)
    : PackedTextTower(tower, gate, tokensPerPass)
{
    /// <inheritdoc/>
    public override void Dispose() => kernels.Dispose();

    /// <inheritdoc/>
    protected override Tensor Encode(Tensor ids) => encode(ids);

    /// <inheritdoc/>
    protected override Tensor EncodeFeatures(Tensor ids) => pool(encode(ids), ids);
}
