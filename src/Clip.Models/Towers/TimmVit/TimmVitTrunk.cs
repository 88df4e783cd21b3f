using Clip.Kernels;

namespace Clip.Models;

/// <summary>timm's vision transformer.</summary>
internal sealed class TimmVitTrunk : TimmTrunk
{
    private readonly TimmVitConfig _config;

    [ComponentName(Name = "embed")] private readonly PatchTokens _tokens;
    [ComponentName(Name = "transformer")] private readonly Transformer _transformer;
    [ComponentName(Name = "ln_post")] private readonly MixedPrecisionLayerNorm? _tokenNorm;
    [ComponentName(Name = "fc_norm")] private readonly MixedPrecisionLayerNorm? _featureNorm;
    [ComponentName(Name = "head")] private readonly LinearLayer? _classifier;

    /// <param name="config">The sizes.</param>
    /// <param name="classes">Outputs of the classifier; null for none.</param>
    /// <param name="weights">Makes the weights.</param>
    public TimmVitTrunk(TimmVitConfig config, int? classes, WeightFactory weights)
        : base(nameof(TimmVitTrunk))
    {
        _config = config;
        var transformer = config.Transformer;
        _tokens = new PatchTokens(weights, config.Patches);
        _transformer = new Transformer(weights, transformer, causal: false, config.AttentionBias);
        var norm = new MixedPrecisionLayerNorm(weights, transformer.Width, transformer.NormEpsilon);
        if (config.NormAfterPooling)
            _featureNorm = norm;
        else
            _tokenNorm = norm;
        if (classes is { } outputs)
            _classifier = new LinearLayer(weights, transformer.Width, outputs);
        RegisterComponents();
    }

    /// <inheritdoc/>
    public override int StageCount => _config.Transformer.Layers + 1;

    /// <inheritdoc/>
    public override Tensor Reference => _transformer.Reference;

    /// <inheritdoc/>
    public override long? TokensPerImage => _config.Patches.Tokens;

    /// <inheritdoc/>
    public override int StageOf(string parameter) => TransformerStages.Of(parameter, _config.Transformer.Layers, lastNorm: "ln_post", head: ["fc_norm", "head"]);

    /// <inheritdoc/>
    public override Tensor Encode(Tensor pixels) => Finish(_transformer.call(_tokens.call(pixels), null));

    /// <inheritdoc/>
    public override Tensor EncodePlaces(Tensor pixels, int localBlocks) => Finish(_transformer.ForwardAlone(_tokens.call(pixels), localBlocks));

    /// <inheritdoc/>
    public override Tensor PoolPlaces(Tensor tokens) => NormPooled(tokens);

    /// <inheritdoc/>
    public override Tensor Pool(Tensor tokens) => _config.Pooling switch
    {
        ImagePooling.ClassToken => NormPooled(tokens.select(1, 0)),
        ImagePooling.Average when _config.ClassToken => NormPooled(tokens.narrow(1, 1, tokens.shape[1] - 1).mean([1])),
        ImagePooling.Average => NormPooled(tokens.mean([1])),
        _ => throw new InvalidOperationException($"There is no pooling {_config.Pooling}."),
    };

    /// <inheritdoc/>
    public override LinearLayer? Classifier => _classifier;

    /// <inheritdoc/>
    public override TimmPackedTrunk Pack(KernelBackend backend, KernelList kernels, long imagesPerPass)
    {
        var embed = _tokens.Pack(backend, kernels);
        var blocks = kernels.Add(_transformer.Pack(imagesPerPass * _config.Patches.Tokens, backend));
        return new TimmPackedTrunk(
            pixels => Finish(blocks.Forward(embed(pixels), null)),
            _config.Pooling == ImagePooling.ClassToken ? EncodeClassToken : null,
            (pixels, local) => Finish(blocks.ForwardAlone(embed(pixels), null, local)));

        Tensor EncodeClassToken(Tensor pixels)
        {
            var tokens = embed(pixels);
            // The norm looks at one token at a time.
            return (_tokenNorm ?? _featureNorm)!.call(blocks.ForwardAt(tokens, zeros(tokens.shape[0], ScalarType.Int64), null));
        }
    }

    /// <inheritdoc/>
    public override void Initialize()
    {
        TimmInitializer.InitializeAll(this);
        _tokens.Initialize(TimmInitializer.TokenDeviation);
    }

    private Tensor Finish(Tensor tokens) => _tokenNorm is null ? tokens : _tokenNorm.call(tokens);

    private Tensor NormPooled(Tensor features) => _featureNorm is null ? features : _featureNorm.call(features);
}
