namespace Clip.Models;

/// <summary>A text tower whose weights are in kernels, for inference on a CPU.</summary>
/// <param name="tower">The tower whose weights they were: its small layers compute what has no kernel.</param>
/// <param name="gate">The gate of the encoder that it belongs to.</param>
/// <param name="tokensPerPass">Tokens whose activations fit the caches; more at once would be slower.</param>
internal abstract class PackedTextTower(TextTower tower, PassGate gate, long tokensPerPass) : ITextEncoder, IDisposable
{
    /// <inheritdoc/>
    public TextTowerConfig Config => tower.Config;

    /// <inheritdoc/>
    public int PreferredTokens => (int)tokensPerPass;

    /// <inheritdoc/>
    public Tensor GetEmbeddings(Tensor tokens) => Compute(tokens, ids => Project(EncodeFeatures(ids)));

    /// <inheritdoc/>
    public Tensor GetFeatures(Tensor tokens) => Compute(tokens, EncodeFeatures);

    /// <inheritdoc/>
    public Tensor GetTokens(Tensor tokens) => Compute(tokens, Encode);

    /// <inheritdoc/>
    public abstract void Dispose();

    /// <summary>Token ids to normalized tokens, [N, L] to [N, L, W].</summary>
    protected abstract Tensor Encode(Tensor ids);

    /// <summary>Token ids to features, [N, L] to [N, F].</summary>
    protected abstract Tensor EncodeFeatures(Tensor ids);

    /// <summary>Features to embeddings, [N, F] to [N, E].</summary>
    protected virtual Tensor Project(Tensor features) => tower.Project(features);

    private Tensor Compute(Tensor tokens, Func<Tensor, Tensor> encode)
    {
        using var noGradients = no_grad();
        return tower.Enter(gate, tokens, ids => Passes.Compute(ids.to(ScalarType.Int64, CPU), Math.Max(1, tokensPerPass / ids.shape[1]), encode));
    }
}
