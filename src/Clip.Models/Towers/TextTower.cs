using Clip.Kernels;

namespace Clip.Models;

/// <summary>The text encoder of a dual encoder.</summary>
/// <remarks>Maps token ids [N, L] to embeddings [N, E] in the shared space, not normalized.</remarks>
public abstract class TextTower : nn.Module<Tensor, Tensor>
{
    private PassGate _gate;
    private long? _tokensPerPass;

    private protected TextTower(string name, TextTowerConfig config)
        : base(name)
    {
        Config = config;
        _gate = new PassGate(this);
    }

    /// <summary>The tower's sizes.</summary>
    public TextTowerConfig Config { get; }

    /// <summary>How many stages the tower has, from input to output, which training unlocks or slows down one after another.</summary>
    public abstract int StageCount { get; }

    /// <summary>The stage of a parameter.</summary>
    /// <param name="parameter">Its name in the tower.</param>
    /// <returns>From 0, at the input, to <see cref="StageCount"/> - 1, at the projection.</returns>
    public abstract int StageOf(string parameter);

    /// <summary>The matrices that low-rank adaptation may change.</summary>
    public virtual IReadOnlyList<AdaptableMatrix> GetAdaptableMatrices() => AdaptableMatrix.Find(this);

    /// <summary>Embeds texts.</summary>
    /// <param name="tokens">
    /// Token ids [N, L], integers, padded after the end token. Where the config
    /// <see cref="TextTowerConfig.TakesShorterTexts"/>, any L up to <see cref="TextTowerConfig.ContextLength"/>; other towers see
    /// the padding too and take the full length only.
    /// </param>
    /// <returns>Embeddings [N, E], not normalized, in the dtype of the tower's matrices.</returns>
    /// <exception cref="ArgumentException"><paramref name="tokens"/> has another shape or dtype, or an id beyond the vocabulary.</exception>
    public sealed override Tensor forward(Tensor tokens) => Compute(tokens, ids => Project(EncodeFeatures(ids)));

    /// <summary>Computes the features before the projection into the shared space, as linear probes use them.</summary>
    /// <param name="tokens">Token ids [N, L], as for embeddings.</param>
    /// <returns>Features [N, F] with F of <see cref="TextTowerConfig.FeatureSize"/> channels.</returns>
    /// <exception cref="ArgumentException"><paramref name="tokens"/> has another shape or dtype, or an id beyond the vocabulary.</exception>
    public Tensor GetFeatures(Tensor tokens) => Compute(tokens, EncodeFeatures);

    /// <summary>Computes the normalized output of the last block at every token.</summary>
    /// <param name="tokens">Token ids [N, L], as for embeddings.</param>
    /// <returns>Tokens [N, L, W]; a tower with a class token appends it as the last.</returns>
    /// <exception cref="ArgumentException"><paramref name="tokens"/> has another shape or dtype, or an id beyond the vocabulary.</exception>
    public Tensor GetTokens(Tensor tokens) => Compute(tokens, Encode);

    /// <summary>The dtype of the computation.</summary>
    internal ScalarType DType => Reference.dtype;

    /// <summary>Shares the gate of the model that the tower belongs to.</summary>
    internal void Share(PassGate gate) => _gate = gate;

    /// <summary>A weight that multiplies activations: its dtype and device are those of the computation.</summary>
    private protected abstract Tensor Reference { get; }

    /// <summary>Token ids to normalized tokens, [N, L] to [N, L, W].</summary>
    private protected abstract Tensor Encode(Tensor ids);

    /// <summary>Token ids to features, [N, L] to [N, F].</summary>
    private protected abstract Tensor EncodeFeatures(Tensor ids);

    /// <summary>Features to embeddings, [N, F] to [N, E].</summary>
    private protected abstract Tensor Project(Tensor features);

    /// <summary>Fills all weights as the original code does.</summary>
    internal abstract void Initialize();

    /// <summary>Moves weights into kernels for inference on a CPU.</summary>
    /// <param name="backend">Makes the kernels.</param>
    internal void Pack(KernelBackend backend)
    {
        _tokensPerPass = CacheSizes.Tokens;
        Pack(_tokensPerPass.Value, backend);
    }

    /// <summary>Moves weights into kernels for inference on a CPU.</summary>
    /// <param name="tokens">Tokens that pass together at most.</param>
    /// <param name="backend">Makes the kernels.</param>
    private protected abstract void Pack(long tokens, KernelBackend backend);

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
            _gate.Close();
        base.Dispose(disposing);
    }

    private Tensor Compute(Tensor tokens, Func<Tensor, Tensor> encode)
    {
        using var pass = _gate.Enter();
        TokenCheck.Require(tokens, Config);
        using var scope = NewDisposeScope();
        var ids = TokenCopy.ToDevice(tokens, Reference.device);
        if (_tokensPerPass is not { } tokensPerPass || ids.numel() <= tokensPerPass)
            return encode(ids).MoveToOuterDisposeScope();

        var passes = EvenParts.Of(ids.shape[0], Math.Max(1, tokensPerPass / ids.shape[1])).Select(part => encode(ids.narrow(0, part.First, part.Count)));
        return cat([.. passes], 0).MoveToOuterDisposeScope();
    }
}
