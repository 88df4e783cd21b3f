using Clip.Kernels.Contracts;

namespace Clip.Models;

/// <summary>A text tower whose weights are in kernels, for inference on a CPU.</summary>
/// <param name="tower">The tower whose weights they were: its small layers compute what has no kernel.</param>
/// <param name="dtype">The dtype of the computation.</param>
/// <param name="gate">The gate of the encoder that it belongs to.</param>
/// <param name="tokensPerPass">Tokens whose activations fit the caches; more at once would be slower.</param>
/// <param name="kernels">All kernels.</param>
/// <param name="embedding">Looks tokens up; null where the tower does.</param>
/// <param name="blocks">The transformer.</param>
/// <param name="projection">The projection; null where the tower projects.</param>
internal sealed class PackedTextTower(
    TextTower tower, ScalarType dtype, PassGate gate, long tokensPerPass,
    KernelList kernels, ITokenKernel? embedding, ITransformerKernel blocks, ILinearKernel? projection)
    : ITextEncoder, IDisposable
{
    /// <inheritdoc/>
    public TextTowerConfig Config => tower.Config;

    /// <inheritdoc/>
    public Tensor GetEmbeddings(Tensor tokens) => Compute(tokens, ids => Project(EncodeFeatures(ids)));

    /// <inheritdoc/>
    public Tensor GetFeatures(Tensor tokens) => Compute(tokens, EncodeFeatures);

    /// <inheritdoc/>
    public Tensor GetTokens(Tensor tokens) => Compute(tokens, ids => tower.Norm(Encode(ids)));

    /// <inheritdoc/>
    public void Dispose() => kernels.Dispose();

    private Tensor Compute(Tensor tokens, Func<Tensor, Tensor> encode)
    {
        using var pass = gate.Enter();
        TokenCheck.Require(tokens, Config);
        using var noGradients = no_grad();
        using var scope = NewDisposeScope();
        var ids = tokens.to(ScalarType.Int64, CPU);
        return Passes.Compute(ids, Math.Max(1, tokensPerPass / ids.shape[1]), encode).MoveToOuterDisposeScope();
    }

    // [N, L] to [N, L, W]
    private Tensor Encode(Tensor ids)
    {
        var (tokens, mask) = Embed(ids);
        return blocks.Forward(tokens, mask);
    }

    // [N, L] to [N, W]
    private Tensor EncodeFeatures(Tensor ids)
    {
        var (tokens, mask) = Embed(ids);
        return tower.Norm(blocks.ForwardAt(tokens, tower.Positions(ids, tokens.shape[1] - 1), mask));
    }

    private Tensor Project(Tensor features) => projection?.Forward(features) ?? tower.Project(features);

    private (Tensor Tokens, Tensor? Mask) Embed(Tensor ids) => embedding is null ? tower.Embed(ids, dtype) : (embedding.Forward(ids), null);
}
