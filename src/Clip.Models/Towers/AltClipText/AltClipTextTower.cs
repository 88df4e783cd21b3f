using Clip.Kernels;

namespace Clip.Models;

/// <summary>AltCLIP's text tower: the first token of XLM-R, normed, transformed and projected.</summary>
/// <remarks>Source: Chen et al. 2022, "AltCLIP: Altering the Language Encoder in CLIP for Extended Language Capabilities"; transformers, modeling_altclip.py.</remarks>
internal sealed class AltClipTextTower : TextTower
{
    /// <summary>The name of its encoder.</summary>
    public const string EncoderName = "encoder";

    private const string EncoderPrefix = $"{EncoderName}.";

    private readonly AltClipTextConfig _config;

    [ComponentName(Name = EncoderName)] private readonly BertEncoder _encoder;
    [ComponentName(Name = "pre_LN")] private readonly MixedPrecisionLayerNorm _norm;
    [ComponentName(Name = "transformation")] private readonly LinearLayer _transformation;
    [ComponentName(Name = "text_projection")] private readonly LinearLayer _projection;

    public AltClipTextTower(AltClipTextConfig config, int embeddingSize, WeightFactory weights)
        : base(nameof(AltClipTextTower), config)
    {
        _config = config;
        _encoder = new BertEncoder(weights, config.Encoder, config.VocabularySize);
        _norm = new MixedPrecisionLayerNorm(weights, config.Encoder.Width, config.Encoder.Transformer.NormEpsilon);
        _transformation = new LinearLayer(weights, config.Encoder.Width, config.TransformedWidth);
        _projection = new LinearLayer(weights, config.TransformedWidth, embeddingSize, bias: false);
        RegisterComponents();
    }

    /// <summary>The embeddings of tokens, each block, and what transforms and projects.</summary>
    public override int StageCount => _config.Encoder.Layers + 2;

    /// <inheritdoc/>
    public override int StageOf(string parameter)
    {
        ArgumentNullException.ThrowIfNull(parameter);
        return parameter.StartsWith(EncoderPrefix, StringComparison.Ordinal) ? _encoder.StageOf(parameter[EncoderPrefix.Length..]) : StageCount - 1;
    }

    internal override Tensor Reference => _encoder.Reference;

    internal override Tensor Encode(Tensor ids) => _norm.call(_encoder.call(ids));

    internal override Tensor EncodeFeatures(Tensor ids) => Pool(_encoder.call(ids));

    /// <summary>Norms tokens.</summary>
    internal Tensor Norm(Tensor tokens) => _norm.call(tokens);

    /// <summary>The encoder's tokens [N, L, W] to features [N, F].</summary>
    internal Tensor Pool(Tensor tokens) => _transformation.call(_norm.call(tokens.select(1, 0)));

    internal override Tensor Project(Tensor features) => _projection.call(features);

    internal override PackedTextTower Pack(KernelBackend backend, PassGate gate) => KernelList.Fill(kernels =>
    {
        var tokensPerPass = CacheSizes.Tokens;
        return new PackedAltClipText(this, gate, tokensPerPass, kernels, _encoder.Pack(backend, kernels, tokensPerPass));
    });

    internal override void Initialize()
    {
        using var noGradients = no_grad();
        using var scope = NewDisposeScope();
        _encoder.Initialize();
        _norm.Initialize();
        LinearInitializer.Initialize(_transformation);
        nn.init.normal_(_projection.Weight, std: 1 / Math.Sqrt(_config.TransformedWidth));
    }
}
