using Clip.Kernels;
using Clip.Shared;

namespace Clip.Models;

/// <summary>The encoder of M2M-100 and NLLB.</summary>
/// <remarks>Source: Fan et al. 2020, "Beyond English-Centric Multilingual Machine Translation", section 2; transformers, modeling_m2m_100.py.</remarks>
internal sealed class M2M100Encoder : HuggingFaceTextEncoder
{
    private readonly M2M100TextConfig _config;

    [ComponentName(Name = "embed_tokens")] private readonly TokenEmbedding _tokens;
    [ComponentName(Name = "transformer")] private readonly Transformer _blocks;
    [ComponentName(Name = "layer_norm")] private readonly MixedPrecisionLayerNorm _lastNorm;

    public M2M100Encoder(WeightFactory weights, M2M100TextConfig config, int vocabularySize)
        : base(nameof(M2M100Encoder))
    {
        _config = config;
        _tokens = new TokenEmbedding(weights, vocabularySize, config.Width);
        _blocks = new Transformer(weights, config.Transformer, causal: false);
        _lastNorm = new MixedPrecisionLayerNorm(weights, config.Width, config.Transformer.NormEpsilon);
        RegisterComponents();
    }

    /// <inheritdoc/>
    public override Tensor Reference => _blocks.Reference;

    /// <inheritdoc/>
    public override int StageOf(string parameter) => TransformerStages.Of(parameter, _config.Layers, lastNorm: "layer_norm");

    public override Tensor forward(Tensor ids)
    {
        using var scope = NewDisposeScope();
        var (tokens, mask) = Embed(ids, _blocks.DType);
        return _lastNorm.call(_blocks.call(tokens, mask)).MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    public override Func<Tensor, Tensor> Pack(KernelBackend backend, KernelList kernels, long tokensPerPass)
    {
        var dtype = _blocks.DType;
        var blocks = kernels.Add(_blocks.Pack(tokensPerPass, backend));
        return ids =>
        {
            var (tokens, mask) = Embed(ids, dtype);
            var length = ids.shape[1];
            return _lastNorm.call(blocks.Forward(tokens, mask.expand(-1, 1, length, length)));
        };
    }

    /// <inheritdoc/>
    public override void Initialize()
    {
        const double Deviation = 0.02;      // init_std of transformers, configuration_m2m_100.py
        _tokens.Initialize();
        _blocks.InitializeNormal(Deviation);
        NormInitializer.InitializeAll(this);
    }

    private (Tensor Tokens, Tensor Mask) Embed(Tensor ids, ScalarType dtype)
    {
        var vectors = _tokens.call(ids);                                                                                  // [N, L, W]
        if (_config.ScaleEmbedding)
            vectors = vectors.Times(Math.Sqrt(_config.Width));
        var positions = Sinusoids.Of(TextPadding.Positions(ids, _config.PaddingId), _config.Width);                       // [N, L, W]
        var visible = TextPadding.Visible(ids, _config.PaddingId).unsqueeze(-1);                                          // padding has none
        var tokens = vectors.Plus((positions * visible).to(vectors.dtype));
        return (tokens.to(dtype), TextPadding.Mask(ids, _config.PaddingId, dtype));
    }
}
