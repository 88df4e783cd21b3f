using Clip.Kernels;
using Clip.Shared;

namespace Clip.Models;

/// <summary>MobileCLIP-S0's text tower: a transformer between two blocks of convolutions over neighboring tokens.</summary>
/// <remarks>All tokens see each other; the output at the highest id stands for the text. Source: Vasu et al. 2024, "MobileCLIP", section 3.2.</remarks>
internal sealed class MobileClipTextTower : TextTower
{
    // Tokens that a convolution sees, and hidden channels of the MLPs beside them for each channel (apple/ml-mobileclip, repmixer.py).
    private const int KernelWidth = 11;
    private const int MlpRatio = 4;

    private static readonly string[] s_parts = ["first_mixer.", "last_mixer.", "ln_final.", "text_projection"];

    private readonly MobileClipTextConfig _config;

    [ComponentName(Name = "token_embedding")] private readonly TokenEmbedding _tokenEmbedding;
    [ComponentName(Name = "positional_embedding")] private Parameter _positions;
    [ComponentName(Name = "first_mixer")] private readonly RepMixerBlock _firstMixer;
    [ComponentName(Name = "transformer")] private readonly Transformer _transformer;
    [ComponentName(Name = "last_mixer")] private readonly RepMixerBlock _lastMixer;
    [ComponentName(Name = "ln_final")] private readonly MixedPrecisionLayerNorm _lastNorm;
    [ComponentName(Name = "text_projection")] private Parameter _projection;

    public MobileClipTextTower(MobileClipTextConfig config, int embeddingSize, WeightFactory weights)
        : base(nameof(MobileClipTextTower), config)
    {
        _config = config;
        var width = config.Transformer.Width;
        var mixer = new RepMixerShape(width, MlpRatio * width, (1, KernelWidth), (1, KernelWidth), HasPointwise: false);
        _tokenEmbedding = new TokenEmbedding(weights, config.VocabularySize, width);
        _positions = weights.Sensitive(config.ContextLength, width);
        _firstMixer = new RepMixerBlock(weights, mixer, config.Reparameterized);
        _transformer = new Transformer(weights, config.Transformer, causal: false);
        _lastMixer = new RepMixerBlock(weights, mixer, config.Reparameterized);
        _lastNorm = new MixedPrecisionLayerNorm(weights, width, config.Transformer.NormEpsilon);
        _projection = weights.Matrix(width, embeddingSize);
        RegisterComponents();
    }

    /// <summary>The embeddings of tokens, each block, and the projection.</summary>
    public override int StageCount => _config.Transformer.Layers + 4;

    /// <inheritdoc/>
    public override int StageOf(string parameter)
    {
        ArgumentNullException.ThrowIfNull(parameter);
        var layers = _config.Transformer.Layers;
        return Array.FindIndex(s_parts, part => parameter.StartsWith(part, StringComparison.Ordinal)) switch
        {
            0 => 1,
            1 or 2 => layers + 2,
            3 => layers + 3,
            _ => TransformerStages.Of(parameter, layers, lastNorm: "ln_final") is > 0 and var block ? 1 + block : 0,
        };
    }

    internal override Tensor Reference => _transformer.Reference;

    internal override PackedTextTower Pack(KernelBackend backend, PassGate gate) => KernelList.Fill(kernels =>
    {
        var (tokensPerPass, dtype) = (CacheSizes.Tokens, DType);
        var first = Pack(_firstMixer, backend, kernels, dtype);
        var blocks = kernels.Add(_transformer.Pack(tokensPerPass, backend));
        var last = Pack(_lastMixer, backend, kernels, dtype);
        var projection = kernels.Add(ProjectionKernel.TryCreate(backend, _projection));
        return new PackedMobileClipText(this, dtype, gate, tokensPerPass, kernels, (first, blocks, last), projection);
    });

    internal override Tensor Encode(Tensor ids)
    {
        using var scope = NewDisposeScope();
        var mixed = Mix(_firstMixer, Embed(ids, DType));
        return Norm(Mix(_lastMixer, _transformer.call(mixed, null))).MoveToOuterDisposeScope();      // [N, L, W]
    }

    internal override Tensor EncodeFeatures(Tensor ids) => Pool(ids, Encode(ids));

    /// <summary>Token ids [N, L] to the input of the first block, [N, L, W].</summary>
    internal Tensor Embed(Tensor ids, ScalarType dtype) => _tokenEmbedding.call(ids).to(dtype).Plus(_positions.to(dtype));

    /// <summary>Norms tokens behind the blocks.</summary>
    internal Tensor Norm(Tensor tokens) => _lastNorm.call(tokens);

    /// <summary>The token that stands for each text, [N, W].</summary>
    internal static Tensor Pool(Tensor ids, Tensor tokens)
    {
        var index = ids.argmax(1).view(-1, 1, 1).expand(-1, 1, tokens.shape[2]);
        return tokens.gather(1, index).squeeze(1);
    }

    internal override Tensor Project(Tensor features) => features.matmul(_projection);

    internal override void Initialize()
    {
        using var noGradients = no_grad();
        using var scope = NewDisposeScope();
        _tokenEmbedding.Initialize();
        nn.init.normal_(_positions, std: 0.01);
        _firstMixer.Initialize();
        _lastMixer.Initialize();
        _transformer.InitializeNormal();
        nn.init.normal_(_projection, std: 1 / Math.Sqrt(_config.Transformer.Width));
        NormInitializer.InitializeAll(this);
    }

    // The block sees tokens as one row of an image: [N, L, W] to the same shape.
    private static Tensor Mix(RepMixerBlock mixer, Tensor tokens) =>
        mixer.call(tokens.transpose(1, 2).unsqueeze(2)).squeeze(2).transpose(1, 2);

    private static Func<Tensor, Tensor> Pack(RepMixerBlock mixer, KernelBackend backend, KernelList kernels, ScalarType dtype)
    {
        using var noGradients = no_grad();
        using var scope = NewDisposeScope();
        var weights = mixer.Fold(dtype);
        if (kernels.Add(backend.TryCreateTokenMixer(weights)) is not { } kernel)
            return tokens => Mix(mixer, tokens);
        mixer.Dispose();
        return kernel.Forward;
    }
}
