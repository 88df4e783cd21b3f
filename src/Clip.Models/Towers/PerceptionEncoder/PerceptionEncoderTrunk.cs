using Clip.Kernels;

namespace Clip.Models;

/// <summary>A Perception Encoder: its blocks turn queries and keys by the places of their patches, and a learned query pools all tokens.</summary>
internal sealed class PerceptionEncoderTrunk : TimmTrunk
{
    private readonly PerceptionEncoderConfig _config;

    [ComponentName(Name = "embed")] private readonly PatchTokens _tokens;
    [ComponentName(Name = "transformer")] private readonly Transformer _transformer;
    [ComponentName(Name = "ln_post")] private readonly MixedPrecisionLayerNorm _norm;
    [ComponentName(Name = "attn_pool")] private readonly MultiheadAttentionPool _pool;
    [ComponentName(Name = "head")] private readonly LinearLayer? _classifier;

    /// <param name="config">The sizes.</param>
    /// <param name="classes">Outputs of the classifier; null for none.</param>
    /// <param name="weights">Makes the weights.</param>
    public PerceptionEncoderTrunk(PerceptionEncoderConfig config, int? classes, WeightFactory weights)
        : base(nameof(PerceptionEncoderTrunk))
    {
        _config = config;
        var transformer = config.Transformer;
        _tokens = new PatchTokens(weights, config.Patches);
        _transformer = new Transformer(weights, transformer, causal: false, rotary: new RotaryEmbedding(config.Rotary.ToTable(), weights));
        _norm = new MixedPrecisionLayerNorm(weights, transformer.Width, transformer.NormEpsilon);
        // The pooling's MLP is four times as wide in all sizes.
        _pool = new MultiheadAttentionPool(
            weights, transformer with { Heads = PerceptionEncoderConfig.PoolHeads, MlpWidth = 4 * transformer.Width });
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
    public override int StageOf(string parameter) =>
        TransformerStages.Of(parameter, _config.Transformer.Layers, lastNorm: "ln_post", head: ["attn_pool", "head"]);

    /// <inheritdoc/>
    public override Tensor Encode(Tensor pixels) => _norm.call(_transformer.call(_tokens.call(pixels), null));

    /// <inheritdoc/>
    public override Tensor EncodePlaces(Tensor pixels, int localBlocks) => _norm.call(_transformer.ForwardAlone(_tokens.call(pixels), localBlocks));

    /// <inheritdoc/>
    public override Tensor Pool(Tensor tokens) => _pool.call(tokens);

    /// <inheritdoc/>
    public override LinearLayer? Classifier => _classifier;

    /// <inheritdoc/>
    public override TimmPackedTrunk Pack(KernelBackend backend, KernelList kernels, long imagesPerPass)
    {
        var embed = _tokens.Pack(backend, kernels);
        var blocks = kernels.Add(_transformer.Pack(imagesPerPass * _config.Patches.Tokens, backend));
        return new(
            pixels => _norm.call(blocks.Forward(embed(pixels), null)),
            EncodePlaces: (pixels, local) => _norm.call(blocks.ForwardAlone(embed(pixels), null, local)));
    }

    /// <inheritdoc/>
    public override void Initialize()
    {
        TimmInitializer.InitializeAll(this);
        TimmInitializer.ScaleAsEva(this, _classifier);
        _pool.InitializeNormal(TimmInitializer.Deviation);
        _tokens.Initialize(TimmInitializer.Deviation);
    }
}
