using Clip.Kernels;

namespace Clip.Models;

/// <summary>The text encoder of a dual encoder: a transformer whose output at one token stands for the text.</summary>
/// <remarks>
/// <para>Maps token ids [N, L] to embeddings [N, E] in the shared space, not normalized.</para>
/// <para>Source: Radford et al. 2021, section 2.4, after Radford et al. 2019.</para>
/// </remarks>
public sealed class TextTower : nn.Module<Tensor, Tensor>, ITextEncoder
{
    [ComponentName(Name = "token_embedding")] private readonly TokenEmbedding _tokenEmbedding;
    [ComponentName(Name = "cls_emb")] private Parameter? _classToken;
    [ComponentName(Name = "positional_embedding")] private Parameter _positions;
    [ComponentName(Name = "transformer")] private readonly Transformer _transformer;
    [ComponentName(Name = "ln_final")] private readonly MixedPrecisionLayerNorm _lastNorm;
    [ComponentName(Name = "text_projection")] private Parameter? _projection;
    [ComponentName(Name = BiasedProjectionName)] private readonly LinearLayer? _biasedProjection;

    /// <summary>The name of the projection with a bias; checkpoints call it text_projection too, but one key names one field.</summary>
    internal const string BiasedProjectionName = "biased_text_projection";

    private PassGate _gate = new(typeof(TextTower));

    /// <summary>Creates a tower with freshly initialized weights on the CPU, in float32.</summary>
    /// <param name="config">The tower's sizes.</param>
    /// <param name="embeddingSize">Channels of the embeddings, E.</param>
    /// <exception cref="ArgumentException">A value of the config is out of range.</exception>
    public TextTower(TextTowerConfig config, int embeddingSize)
        : this(TowerCheck.Valid(config, embeddingSize), embeddingSize, TowerCheck.NewWeights())
    {
        Initialize();
    }

    internal TextTower(TextTowerConfig config, int embeddingSize, WeightFactory weights)
        : base(nameof(TextTower))
    {
        Config = config;
        var (transformer, width) = (config.Transformer, config.Transformer.Width);
        var positions = config.ContextLength + (config.ClassToken ? 1 : 0);

        _tokenEmbedding = new TokenEmbedding(weights, config.VocabularySize, width);
        if (config.ClassToken)
            _classToken = weights.Sensitive(width);
        _positions = weights.Sensitive(positions, width);
        _transformer = new Transformer(weights, transformer, config.Causal);
        _lastNorm = new MixedPrecisionLayerNorm(weights, width, transformer.NormEpsilon);
        if (config.Projection == TextProjection.Matrix)
            _projection = weights.Matrix(width, embeddingSize);
        else if (config.Projection == TextProjection.Linear)
            _biasedProjection = new LinearLayer(weights, width, embeddingSize);
        RegisterComponents();
    }

    /// <summary>The tower's sizes.</summary>
    public TextTowerConfig Config { get; }

    /// <summary>Embeds texts.</summary>
    /// <param name="tokens">
    /// Token ids [N, L], integers, padded after the end token. A causal tower takes any L up to
    /// <see cref="TextTowerConfig.ContextLength"/>; others see the padding too and take the full length only.
    /// </param>
    /// <returns>Embeddings [N, E], not normalized, in the dtype of the tower's matrices.</returns>
    /// <exception cref="ArgumentException"><paramref name="tokens"/> has another shape or dtype, or an id beyond the vocabulary.</exception>
    public override Tensor forward(Tensor tokens) => Compute(_gate, tokens, ids => Project(EncodeFeatures(ids)));

    /// <summary>Computes the features before the projection into the shared space, as linear probes use them.</summary>
    /// <param name="tokens">Token ids [N, L], as for embeddings.</param>
    /// <returns>Features [N, W].</returns>
    /// <exception cref="ArgumentException"><paramref name="tokens"/> has another shape or dtype, or an id beyond the vocabulary.</exception>
    public Tensor GetFeatures(Tensor tokens) => Compute(_gate, tokens, EncodeFeatures);

    /// <summary>Computes the normalized output of the last block at every token.</summary>
    /// <param name="tokens">Token ids [N, L], as for embeddings.</param>
    /// <returns>Tokens [N, L, W]; a tower with a class token appends it as the last.</returns>
    /// <exception cref="ArgumentException"><paramref name="tokens"/> has another shape or dtype, or an id beyond the vocabulary.</exception>
    public Tensor GetTokens(Tensor tokens) => Compute(_gate, tokens, ids => Norm(Encode(ids)));

    Tensor ITextEncoder.GetEmbeddings(Tensor tokens) => call(tokens);

    /// <summary>Shares the gate of the model that the tower belongs to.</summary>
    internal void Share(PassGate gate) => _gate = gate;

    /// <summary>This tower behind the gate of the encoder that has taken it over, without gradients.</summary>
    internal ITextEncoder Behind(PassGate gate) => new Gated(this, gate);

    private Tensor Compute(PassGate gate, Tensor tokens, Func<Tensor, Tensor> encode)
    {
        using var pass = gate.Enter();
        TokenCheck.Require(tokens, Config);
        using var scope = NewDisposeScope();
        var ids = TokenCopy.ToDevice(tokens, _positions.device);
        return encode(ids).MoveToOuterDisposeScope();
    }

    /// <summary>The dtype of the computation.</summary>
    internal ScalarType DType => _transformer.DType;

    /// <summary>Moves weights into kernels for inference on a CPU, which leaves this tower without them.</summary>
    /// <param name="backend">Makes the kernels.</param>
    /// <param name="gate">The gate of the encoder that the packed tower belongs to.</param>
    internal PackedTextTower Pack(KernelBackend backend, PassGate gate) => KernelList.Fill(kernels =>
    {
        var (tokensPerPass, dtype) = (CacheSizes.Tokens, DType);
        var embedding = _classToken is null ? backend.TryCreateTokenEmbedding(_tokenEmbedding.Vectors, _positions) : null;
        var blocks = kernels.Add(_transformer.Pack(tokensPerPass, backend));
        var projection = kernels.Add(_projection is null ? null : ProjectionKernel.TryCreate(backend, _projection));
        return new PackedTextTower(this, dtype, gate, tokensPerPass, kernels, embedding, blocks, projection);
    });

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
            _gate.Close();
        base.Dispose(disposing);
    }

    // [N, L] to [N, L, W]
    private Tensor Encode(Tensor ids)
    {
        var (tokens, mask) = Embed(ids, DType);
        return _transformer.call(tokens, mask);
    }

    // [N, L] to [N, W]. The norm looks at one token at a time: pooling first gives the same and saves the others.
    private Tensor EncodeFeatures(Tensor ids)
    {
        var (tokens, mask) = Embed(ids, DType);
        return Norm(_transformer.ForwardAt(tokens, Positions(ids, tokens.shape[1] - 1), mask));
    }

    /// <summary>Token ids [N, L] to the input of the blocks [N, L, W] and their mask; a class token is appended.</summary>
    internal (Tensor Tokens, Tensor? Mask) Embed(Tensor ids, ScalarType dtype)
    {
        var tokens = _tokenEmbedding.call(ids).to(dtype);                                    // [N, L, W]
        Tensor? mask = null;
        if (_classToken is not null)
        {
            tokens = cat([tokens, _classToken.to(dtype).expand(ids.shape[0], 1, -1)], dim: 1);   // [N, L + 1, W]
            mask = ClassTokenMask.Create(ids, Config, dtype);                                    // [N, 1, L + 1, L + 1]
        }
        return (tokens + _positions.narrow(0, 0, tokens.shape[1]).to(dtype), mask);
    }

    /// <summary>Norms tokens behind the blocks.</summary>
    internal Tensor Norm(Tensor tokens) => _lastNorm.call(tokens);

    /// <summary>The position of the token that stands for each text, [N]; a class token is the last.</summary>
    internal Tensor Positions(Tensor ids, long last) => Config switch
    {
        { ClassToken: true } or { Pooling: TextPooling.Last } => full(ids.shape[0], last, ScalarType.Int64, ids.device),
        { Pooling: TextPooling.First } => zeros(ids.shape[0], ScalarType.Int64, ids.device),
        { Pooling: TextPooling.HighestId } => ids.argmax(1),
        { Pooling: TextPooling.FirstEndToken } => ids.eq(Config.EndTokenId!.Value).to(ScalarType.Int32).argmax(1),
        _ => throw new InvalidOperationException($"There is no pooling {Config.Pooling}."),
    };

    /// <summary>Features to embeddings, [N, W] to [N, E].</summary>
    internal Tensor Project(Tensor features) =>
        _projection is not null ? features.matmul(_projection)                                 // [N, E]
        : _biasedProjection is not null ? _biasedProjection.call(features)
        : features;

    internal void Initialize()
    {
        using var noGradients = no_grad();
        using var scope = NewDisposeScope();
        _tokenEmbedding.Initialize();
        if (_classToken is not null)
            nn.init.normal_(_classToken, std: 0.01);
        nn.init.normal_(_positions, std: 0.01);
        _transformer.InitializeNormal();
        var deviation = 1 / Math.Sqrt(Config.Transformer.Width);
        if (_projection is not null)
            nn.init.normal_(_projection, std: deviation);
        if (_biasedProjection is not null)
        {
            nn.init.normal_(_biasedProjection.Weight, std: deviation);
            nn.init.zeros_(_biasedProjection.Bias);
        }
        NormInitializer.InitializeAll(this);
    }

    private sealed class Gated(TextTower tower, PassGate gate) : ITextEncoder
    {
        public TextTowerConfig Config => tower.Config;

        public Tensor GetEmbeddings(Tensor tokens) => Compute(tokens, ids => tower.Project(tower.EncodeFeatures(ids)));

        public Tensor GetFeatures(Tensor tokens) => Compute(tokens, tower.EncodeFeatures);

        public Tensor GetTokens(Tensor tokens) => Compute(tokens, ids => tower.Norm(tower.Encode(ids)));

        private Tensor Compute(Tensor tokens, Func<Tensor, Tensor> encode)
        {
            using var noGradients = no_grad();
            return tower.Compute(gate, tokens, encode);
        }
    }
}
