using Clip.Kernels;

namespace Clip.Models;

/// <summary>The text encoder of a dual encoder.</summary>
/// <remarks>Maps token ids [N, L] to embeddings [N, E] in the shared space, not normalized.</remarks>
public abstract class TextTower : nn.Module<Tensor, Tensor>, ITextEncoder
{
    private PassGate _gate;

    private protected TextTower(string name, TextTowerConfig config)
        : base(name)
    {
        Config = config;
        _gate = new PassGate(this);
    }

    /// <summary>The tower's sizes.</summary>
    public TextTowerConfig Config { get; }

    int ITextEncoder.PreferredTokens => (int)CacheSizes.Tokens;

    /// <summary>Loads a text tower, in evaluation mode, from a checkpoint of it alone or of a whole model, whose other weights are not read.</summary>
    /// <param name="path">A folder with a config and weights, or a file of weights, as <see cref="DualEncoder.Load"/> takes them; also
    /// a Hugging Face CLIPTextModel or SiglipTextModel.</param>
    /// <param name="options">Device, precision and what the files do not say; null for the defaults.</param>
    /// <returns>The tower; the caller disposes it. Where the checkpoint has no projection, its embeddings are its features.</returns>
    /// <exception cref="FileNotFoundException">There is nothing at <paramref name="path"/>.</exception>
    /// <exception cref="Checkpoints.CheckpointException">A file is broken, unsupported, or holds no text tower.</exception>
    /// <exception cref="CheckpointMismatchException">Names or shapes are not those of the architecture; nothing was loaded.</exception>
    /// <exception cref="ArgumentException">The options contradict each other or the model.</exception>
    public static TextTower Load(string path, LoadOptions? options = null) => TowerLoader.LoadText(path, options ?? new LoadOptions());

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
    public sealed override Tensor forward(Tensor tokens) => Compute(_gate, tokens, ids => Project(EncodeFeatures(ids)));

    /// <summary>Computes the features before the projection into the shared space, as linear probes use them.</summary>
    /// <param name="tokens">Token ids [N, L], as for embeddings.</param>
    /// <returns>Features [N, F] with F of <see cref="TextTowerConfig.FeatureSize"/> channels.</returns>
    /// <exception cref="ArgumentException"><paramref name="tokens"/> has another shape or dtype, or an id beyond the vocabulary.</exception>
    public Tensor GetFeatures(Tensor tokens) => Compute(_gate, tokens, EncodeFeatures);

    /// <summary>Computes the normalized output of the last block at every token.</summary>
    /// <param name="tokens">Token ids [N, L], as for embeddings.</param>
    /// <returns>Tokens [N, L, W]; a tower with a class token appends it as the last.</returns>
    /// <exception cref="ArgumentException"><paramref name="tokens"/> has another shape or dtype, or an id beyond the vocabulary.</exception>
    public Tensor GetTokens(Tensor tokens) => Compute(_gate, tokens, Encode);

    Tensor ITextEncoder.GetEmbeddings(Tensor tokens) => call(tokens);

    /// <summary>The dtype of the computation.</summary>
    internal ScalarType DType => Reference.dtype;

    /// <summary>Shares the gate of the model that the tower belongs to.</summary>
    internal void Share(PassGate gate) => _gate = gate;

    /// <summary>This tower behind the gate of the encoder that has taken it over, without gradients.</summary>
    internal ITextEncoder Behind(PassGate gate) => new Gated(this, gate);

    /// <summary>A weight that multiplies activations: its dtype and device are those of the computation.</summary>
    internal abstract Tensor Reference { get; }

    /// <summary>Token ids to normalized tokens, [N, L] to [N, L, W].</summary>
    internal abstract Tensor Encode(Tensor ids);

    /// <summary>Token ids to features, [N, L] to [N, F].</summary>
    internal abstract Tensor EncodeFeatures(Tensor ids);

    /// <summary>Features to embeddings, [N, F] to [N, E].</summary>
    internal abstract Tensor Project(Tensor features);

    /// <summary>What a caption decoder reads of the tower; null where there is nothing for one.</summary>
    internal virtual ICaptionSource? Captions => null;

    /// <summary>Fills all weights as the original code does.</summary>
    internal abstract void Initialize();

    /// <summary>Moves weights into kernels for inference on a CPU, which leaves this tower without them.</summary>
    /// <param name="backend">Makes the kernels.</param>
    /// <param name="gate">The gate of the encoder that the packed tower belongs to.</param>
    internal abstract PackedTextTower Pack(KernelBackend backend, PassGate gate);

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
            _gate.Close();
        base.Dispose(disposing);
    }

    /// <summary>The public door of plain and packed towers: what comes in is checked, and disposal waits for what goes on behind it.</summary>
    /// <param name="gate">The gate of the encoder that the tower belongs to.</param>
    /// <param name="tokens">What the caller gave.</param>
    /// <param name="compute">Goes on, with token ids that fit the tower.</param>
    internal Tensor Enter(PassGate gate, Tensor tokens, Func<Tensor, Tensor> compute)
    {
        using var pass = gate.Enter();
        TokenCheck.Require(tokens, Config);
        using var scope = NewDisposeScope();
        return compute(tokens).MoveToOuterDisposeScope();
    }

    private Tensor Compute(PassGate gate, Tensor tokens, Func<Tensor, Tensor> encode) =>
        Enter(gate, tokens, ids => encode(TokenCopy.ToDevice(ids, Reference.device)));

    private sealed class Gated(TextTower tower, PassGate gate) : ITextEncoder
    {
        public TextTowerConfig Config => tower.Config;

        public int PreferredTokens => (int)CacheSizes.Tokens;

        public Tensor GetEmbeddings(Tensor tokens) => Compute(tokens, ids => tower.Project(tower.EncodeFeatures(ids)));

        public Tensor GetFeatures(Tensor tokens) => Compute(tokens, tower.EncodeFeatures);

        public Tensor GetTokens(Tensor tokens) => Compute(tokens, tower.Encode);

        private Tensor Compute(Tensor tokens, Func<Tensor, Tensor> encode)
        {
            using var noGradients = no_grad();
            return tower.Compute(gate, tokens, encode);
        }
    }
}
