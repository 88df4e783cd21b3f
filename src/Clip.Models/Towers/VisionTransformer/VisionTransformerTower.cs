using Clip.Kernels;
using Clip.Kernels.Contracts;
using Clip.Kernels.Weights;
using Clip.Shared;

namespace Clip.Models;

/// <summary>A vision transformer over square patches and a class token.</summary>
/// <remarks>Source: Radford et al. 2021, section 2.4, after Dosovitskiy et al. 2020, section 3.1.</remarks>
public sealed class VisionTransformerTower : ImageTower, ITrainedLayer
{
    private ITrainingKernels? _kernels;

    private readonly VisionTransformerConfig _config;

    [ComponentName(Name = "conv1")] private readonly Conv2d _patches;
    [ComponentName(Name = "class_embedding")] private Parameter _classToken;
    [ComponentName(Name = "positional_embedding")] private Parameter _positions;
    [ComponentName(Name = "patch_dropout")] private readonly PatchDropout _patchDropout;
    [ComponentName(Name = "ln_pre")] private readonly MixedPrecisionLayerNorm? _firstNorm;
    [ComponentName(Name = "transformer")] private readonly Transformer _transformer;
    [ComponentName(Name = "attn_pool")] private readonly AttentionalPooler? _pooler;
    [ComponentName(Name = "ln_post")] private readonly MixedPrecisionLayerNorm _lastNorm;
    [ComponentName(Name = "proj")] private Parameter? _projection;

    /// <summary>Creates a tower with freshly initialized weights on the CPU, in float32.</summary>
    /// <param name="config">The tower's sizes.</param>
    /// <param name="embeddingSize">Channels of the embeddings, E.</param>
    /// <exception cref="ArgumentException">A value of the config is out of range.</exception>
    public VisionTransformerTower(VisionTransformerConfig config, int embeddingSize)
        : this(TowerCheck.ValidImage(config, embeddingSize), embeddingSize, TowerCheck.NewWeights())
    {
        Initialize();
    }

    internal VisionTransformerTower(VisionTransformerConfig config, int embeddingSize, WeightFactory weights)
        : base(nameof(VisionTransformerTower), config)
    {
        _config = config;
        var (transformer, width) = (config.Transformer, config.Transformer.Width);
        var pooledWidth = config.AttentionalPooler is null ? width : embeddingSize;

        _patches = weights.Conv2d(3, width, config.PatchSize, stride: config.PatchSize);
        _classToken = weights.Sensitive(width);
        _positions = weights.Sensitive(1 + config.Grid.Height * config.Grid.Width, width);
        _positions.requires_grad = config.PositionEmbedding == PositionEmbedding.Learned;
        _patchDropout = new PatchDropout(config.PatchDropout);
        if (config.NormBeforeBlocks)
            _firstNorm = new MixedPrecisionLayerNorm(weights, width, transformer.NormEpsilon);
        _transformer = new Transformer(weights, transformer, causal: false);
        if (config.AttentionalPooler is { } pooler)
            _pooler = new AttentionalPooler(weights, pooler, embeddingSize, width, transformer.NormEpsilon);
        _lastNorm = new MixedPrecisionLayerNorm(weights, pooledWidth, transformer.NormEpsilon);
        if (config.HasProjection)
            _projection = weights.Matrix(pooledWidth, embeddingSize);
        RegisterComponents();
    }

    /// <summary>The embeddings of patches, each block, and what pools and projects.</summary>
    public override int StageCount => _config.Transformer.Layers + 2;

    /// <inheritdoc/>
    public override int StageOf(string parameter)
    {
        ArgumentNullException.ThrowIfNull(parameter);
        return TransformerStages.Of(parameter, _config.Transformer.Layers, lastNorm: "ln_post", head: ["proj", "attn_pool"]);
    }

    internal override Tensor Reference => _transformer.Reference;

    ITrainingKernels? ITrainedLayer.Kernels
    {
        get => _kernels;
        set => _kernels = value;
    }

    internal override Tensor Encode(Tensor pixels) => FinishBlocks(_transformer.call(Embed(pixels), null));

    // Queries of a pooler are no places: here it comes behind, for each of them alone.
    internal override Tensor EncodePlaces(Tensor pixels, int localBlocks) => _transformer.ForwardAlone(Embed(pixels), localBlocks);

    internal override Tensor PoolPlaces(Tensor tokens) => _lastNorm.call(_pooler is null ? tokens : _pooler.PoolEach(tokens));

    internal override Tensor EncodeFeatures(Tensor pixels)
    {
        if (!PoolsClassToken)
            return Pool(Encode(pixels));

        var tokens = Embed(pixels);
        var classToken = zeros(tokens.shape[0], ScalarType.Int64, tokens.device);
        return Norm(_transformer.ForwardAt(tokens, classToken, null));                               // [N, W]
    }

    internal override PackedImageTower Pack(KernelBackend backend, PassGate gate) => KernelList.Fill(kernels =>
    {
        var tokens = 1 + (long)_config.Grid.Height * _config.Grid.Width;
        var images = CacheSizes.Share(CacheSizes.Tokens / tokens);
        var patches = kernels.Add(backend.TryCreatePatchEmbedding(PatchWeights));
        if (patches is not null)
            _patches.Dispose();
        var dtype = DType;      // that of the blocks, which packing empties
        var blocks = kernels.Add(_transformer.Pack(images * tokens, backend));
        var projection = kernels.Add(_projection is null ? null : ProjectionKernel.TryCreate(backend, _projection));
        return new PackedVisionTransformer(this, dtype, gate, images, kernels, patches, blocks, projection);
    });

    /// <summary>Whether the class token alone is wanted of the last block.</summary>
    internal bool PoolsClassToken => _pooler is null && _config.Pooling == ImagePooling.ClassToken;

    /// <summary>Norms pooled tokens.</summary>
    internal Tensor Norm(Tensor tokens) => _lastNorm.call(tokens);

    /// <summary>What follows the blocks: [N, 1 + P, W] to the pooler's [N, Q, E], or the same.</summary>
    internal Tensor FinishBlocks(Tensor tokens) => _pooler is null ? tokens : _pooler.call(tokens);

    private PatchWeights PatchWeights => new()
    {
        Weight = _patches.weight!,
        ClassToken = _classToken,
        Positions = _positions,
        Norm = _firstNorm?.Affine,
        Epsilon = _config.Transformer.NormEpsilon,
    };

    // [N, 3, H, W] to [N, 1 + P, W]
    internal Tensor Embed(Tensor pixels)
    {
        if (_kernels is not null && !pixels.requires_grad && !_patchDropout.IsActive && _kernels.TryBeginPatches(PatchWeights, pixels) is { } pass)
            return TrainedPart.Run(pass, pixels, PatchWeights.WantGradients);

        var patches = PatchProduct.Compute(_kernels, _patches, pixels);                              // [N, P, W]
        var classToken = _classToken.to(patches.dtype).expand(patches.shape[0], 1, -1);              // [N, 1, W]
        var tokens = cat([classToken, patches], dim: 1).Plus(_positions.to(patches.dtype));          // [N, 1 + P, W]
        tokens = _patchDropout.call(tokens);
        return _firstNorm is null ? tokens : _firstNorm.call(tokens);
    }

    internal override Tensor FinishTokens(Tensor tokens) => NormsAfterPooling ? tokens : _lastNorm.call(tokens);

    internal override Tensor Pool(Tensor tokens) => _config.Pooling switch
    {
        // The norm looks at one token at a time: pooling first gives the same and saves the others.
        ImagePooling.ClassToken => _lastNorm.call(tokens.select(1, 0)),                              // [N, W]
        ImagePooling.Average when NormsAfterPooling => _lastNorm.call(MeanOfPatches(tokens)),
        ImagePooling.Average => MeanOfPatches(_lastNorm.call(tokens)),
        _ => throw new InvalidOperationException($"There is no pooling {_config.Pooling}."),
    };

    // [N, E]
    internal override Tensor Project(Tensor features) => _projection is null ? features : LinearProduct.Project(_kernels, features, _projection);

    private bool NormsAfterPooling => _config.NormAfterPooling && _pooler is null;

    private Tensor MeanOfPatches(Tensor tokens) => _kernels?.TryBeginMean(1, tokens) is { } pass
        ? TrainedPart.Run(pass, tokens, wantsGradients: false)
        : tokens.narrow(1, 1, tokens.shape[1] - 1).mean([1]);

    internal override void Initialize()
    {
        using var noGradients = no_grad();
        using var scope = NewDisposeScope();
        var deviation = 1 / Math.Sqrt(_config.Transformer.Width);

        LinearInitializer.Initialize(_patches);
        nn.init.normal_(_classToken, std: deviation);
        if (_config.PositionEmbedding == PositionEmbedding.SinCos2D)
            _positions.copy_(SinCosPositions.Create(_config.Grid.Height, _config.Transformer.Width));
        else
            nn.init.normal_(_positions, std: deviation);
        _transformer.InitializeDefault();
        _pooler?.Initialize();
        if (_projection is not null)
            nn.init.normal_(_projection, std: deviation);
        NormInitializer.InitializeAll(this);
    }
}
