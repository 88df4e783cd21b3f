using Clip.Kernels;
using Clip.Kernels.Contracts;
using Clip.Shared;

namespace Clip.Models;

/// <summary>CLIP's text tower: a transformer whose output at one token stands for the text.</summary>
/// <remarks>Source: Radford et al. 2021, section 2.4, after Radford et al. 2019.</remarks>
public sealed class ClipTextTower : TextTower, ICaptionTexts, ITrainedLayer
{
    private ITrainingKernels? _kernels;

    private readonly ClipTextConfig _config;

    [ComponentName(Name = "token_embedding")] private readonly TokenEmbedding _tokenEmbedding;
    [ComponentName(Name = "cls_emb")] private Parameter? _classToken;
    [ComponentName(Name = "positional_embedding")] private Parameter _positions;
    [ComponentName(Name = "transformer")] private readonly Transformer _transformer;
    [ComponentName(Name = "ln_final")] private readonly MixedPrecisionLayerNorm _lastNorm;
    [ComponentName(Name = "text_projection")] private Parameter? _projection;
    [ComponentName(Name = BiasedProjectionName)] private readonly LinearLayer? _biasedProjection;

    /// <summary>The name of the projection with a bias; checkpoints call it text_projection too, but one key names one field.</summary>
    internal const string BiasedProjectionName = "biased_text_projection";

    /// <summary>Creates a tower with freshly initialized weights on the CPU, in float32.</summary>
    /// <param name="config">The tower's sizes.</param>
    /// <param name="embeddingSize">Channels of the embeddings, E.</param>
    /// <exception cref="ArgumentException">A value of the config is out of range.</exception>
    public ClipTextTower(ClipTextConfig config, int embeddingSize)
        : this(TowerCheck.ValidText(config, embeddingSize), embeddingSize, TowerCheck.NewWeights())
    {
        Initialize();
    }

    internal ClipTextTower(ClipTextConfig config, int embeddingSize, WeightFactory weights)
        : base(nameof(ClipTextTower), config)
    {
        _config = config;
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

    /// <summary>The embeddings of tokens, each block, and the projection.</summary>
    public override int StageCount => _config.Transformer.Layers + 2;

    /// <inheritdoc/>
    public override int StageOf(string parameter)
    {
        ArgumentNullException.ThrowIfNull(parameter);
        return TransformerStages.Of(parameter, _config.Transformer.Layers, lastNorm: "ln_final", head: ["text_projection", BiasedProjectionName]);
    }

    internal override Tensor Reference => _transformer.Reference;

    ITrainingKernels? ITrainedLayer.Kernels
    {
        get => _kernels;
        set => _kernels = value;
    }

    internal override PackedTextTower Pack(KernelBackend backend, PassGate gate) => KernelList.Fill(kernels =>
    {
        var (tokensPerPass, dtype) = (CacheSizes.Tokens, DType);
        var embedding = _classToken is null ? backend.TryCreateTokenEmbedding(_tokenEmbedding.Vectors, _positions) : null;
        if (embedding is IDisposable copy)
        {
            kernels.Add(copy);
            _tokenEmbedding.Dispose();
        }
        var blocks = kernels.Add(_transformer.Pack(tokensPerPass, backend));
        var projection = kernels.Add(_projection is null ? null : ProjectionKernel.TryCreate(backend, _projection));
        return new PackedClipText(this, dtype, gate, tokensPerPass, kernels, embedding, blocks, projection);
    });

    internal override Tensor Encode(Tensor ids)
    {
        var (tokens, mask) = Embed(ids, DType);
        return Norm(_transformer.call(tokens, mask));                                          // [N, L, W]
    }

    // [N, L] to [N, W]. The norm looks at one token at a time: pooling first gives the same and saves the others.
    internal override Tensor EncodeFeatures(Tensor ids)
    {
        if (TryEncodeSeen(ids) is { } features)
            return features;
        var (tokens, mask) = Embed(ids, DType);
        return Norm(_transformer.ForwardAt(tokens, Positions(ids, tokens.shape[1] - 1), mask));
    }

    // Where tokens see only those before them, those behind the one that stands for a text have no part in it. Null where no kernels for training serve.
    private Tensor? TryEncodeSeen(Tensor ids)
    {
        if (_kernels is null || !_config.Causal || _classToken is not null || ids.device_type != DeviceType.CPU || ids.numel() == 0
            || !_transformer.ServesSequences(_kernels))
        {
            return null;
        }
        using var scope = NewDisposeScope();
        var sequences = new TokenSequences([.. Positions(ids, ids.shape[1] - 1).data<long>().Select(position => position + 1)]);
        if (_kernels.TryBeginTokens(_tokenEmbedding.Vectors, _positions, sequences) is not { } pass)
            return null;
        var tokens = TrainedPart.Run(pass, ids, _tokenEmbedding.Vectors.requires_grad || _positions.requires_grad);   // [T, W]
        return Norm(_transformer.ForwardLast(tokens, sequences)).MoveToOuterDisposeScope();
    }

    /// <summary>Token ids [N, L] to the input of the blocks [N, L, W] and their mask; a class token is appended.</summary>
    internal (Tensor Tokens, Tensor? Mask) Embed(Tensor ids, ScalarType dtype)
    {
        var tokens = _tokenEmbedding.call(ids).to(dtype);                                    // [N, L, W]
        Tensor? mask = null;
        if (_classToken is not null)
        {
            tokens = cat([tokens, _classToken.to(dtype).expand(ids.shape[0], 1, -1)], dim: 1);   // [N, L + 1, W]
            mask = ClassTokenMask.Create(ids, _config, dtype);                                    // [N, 1, L + 1, L + 1]
        }
        return (tokens.Plus(_positions.narrow(0, 0, tokens.shape[1]).to(dtype)), mask);
    }

    internal override ICaptionSource Captions => this;

    (Tensor Tokens, Tensor Features) ICaptionSource.Encode(Tensor ids)
    {
        var (tokens, mask) = Embed(ids, DType);
        var encoded = _transformer.call(tokens, mask);                                        // [N, L + 1, W]
        var length = ids.shape[1];
        return (encoded.narrow(1, 0, length), Norm(encoded.select(1, length)));
    }

    Tensor ICaptionTexts.Continue(Tensor ids, long first, KeyValueCache before, Tensor? mask)
    {
        using var scope = NewDisposeScope();
        var positions = _positions.narrow(0, first, ids.shape[1]).to(DType);
        return _transformer.Continue(_tokenEmbedding.call(ids).to(DType).Plus(positions), before, mask).MoveToOuterDisposeScope();
    }

    int ICaptionTexts.Layers => _config.Transformer.Layers;

    int ICaptionTexts.PaddingId => _config.PaddingId;

    /// <summary>Norms tokens behind the blocks.</summary>
    internal Tensor Norm(Tensor tokens) => _lastNorm.call(tokens);

    /// <summary>The position of the token that stands for each text, [N]; a class token is the last.</summary>
    internal Tensor Positions(Tensor ids, long last) => _config switch
    {
        { ClassToken: true } or { Pooling: TextPooling.Last } => empty(ids.shape[0], ScalarType.Int64, ids.device).FillWith(last),
        { Pooling: TextPooling.First } => zeros(ids.shape[0], ScalarType.Int64, ids.device),
        { Pooling: TextPooling.HighestId } => ids.argmax(1),
        { Pooling: TextPooling.FirstEndToken } => ids.IsEqualTo(_config.EndTokenId!.Value).to(ScalarType.Int32).argmax(1),
        _ => throw new InvalidOperationException($"There is no pooling {_config.Pooling}."),
    };

    internal override Tensor Project(Tensor features) =>
        _projection is not null ? LinearProduct.Project(_kernels, features, _projection)     // [N, E]
        : _biasedProjection is not null ? _biasedProjection.call(features)
        : features;

    internal override void Initialize()
    {
        using var noGradients = no_grad();
        using var scope = NewDisposeScope();
        _tokenEmbedding.Initialize();
        if (_classToken is not null)
            nn.init.normal_(_classToken, std: 0.01);
        nn.init.normal_(_positions, std: 0.01);
        _transformer.InitializeNormal();
        var deviation = 1 / Math.Sqrt(_config.Transformer.Width);
        if (_projection is not null)
            nn.init.normal_(_projection, std: deviation);
        if (_biasedProjection is not null)
        {
            nn.init.normal_(_biasedProjection.Weight, std: deviation);
            nn.init.zeros_(_biasedProjection.Bias);
        }
        NormInitializer.InitializeAll(this);
    }
}
