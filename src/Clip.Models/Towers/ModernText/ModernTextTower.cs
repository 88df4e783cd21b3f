using Clip.Kernels;
using Clip.Shared;

namespace Clip.Models;

/// <summary>open_clip's "modern" text tower.</summary>
/// <remarks>Source: open_clip, transformer.py, ModernTextTransformer; Su et al. 2021, "RoFormer"; Darcet et al. 2023, "Vision Transformers Need Registers".</remarks>
internal sealed class ModernTextTower : TextTower
{
    /// <summary>The name of its blocks.</summary>
    public const string Blocks = "blocks";

    private readonly ModernTextConfig _config;
    private readonly RotaryEmbedding? _rotary;

    [ComponentName(Name = "reg_tokens")] private Parameter? _registers;
    [ComponentName(Name = "token_embedding")] private readonly TokenEmbedding _tokens;
    [ComponentName(Name = "norm_pre")] private readonly nn.Module<Tensor, Tensor>? _tokenNorm;
    [ComponentName(Name = Blocks)] private readonly ModuleList<ModernTextBlock> _blocks;
    [ComponentName(Name = "ln_final")] private readonly nn.Module<Tensor, Tensor> _lastNorm;
    [ComponentName(Name = "pool")] private readonly ModernTextPool? _pool;
    [ComponentName(Name = "text_projection")] private readonly LinearLayer? _projection;

    public ModernTextTower(ModernTextConfig config, int embeddingSize, WeightFactory weights)
        : base(nameof(ModernTextTower), config)
    {
        _config = config;
        if (config.RotaryBase is { } wavelengths)
        {
            var sequence = new RotarySequence { Length = config.ContextLength + config.RegisterTokens, HeadSize = config.Width / config.Heads, Base = wavelengths };
            _rotary = new RotaryEmbedding(sequence.ToTable(), weights);
        }
        if (config.RegisterTokens > 0)
            _registers = weights.Sensitive(1, config.RegisterTokens, config.Width);
        _tokens = new TokenEmbedding(weights, config.VocabularySize, config.Width);
        _tokenNorm = ModernTextNorm.TryCreate(config.NormedTokens, weights, config, config.Width);
        _blocks = nn.ModuleList(Enumerable.Range(0, config.Layers).Select(i => new ModernTextBlock(weights, config, isFirst: i == 0, _rotary)).ToArray());
        _lastNorm = ModernTextNorm.Create(weights, config, config.Width);
        if (config.Pooling == ModernTextPooling.Attention)
            _pool = new ModernTextPool(weights, config);
        if (config.Projection)
            _projection = new LinearLayer(weights, config.Width, embeddingSize, config.ProjectionBias);
        RegisterComponents();
    }

    /// <summary>The embeddings of tokens, each block, and what pools and projects.</summary>
    public override int StageCount => _config.Layers + 2;

    /// <inheritdoc/>
    public override int StageOf(string parameter)
    {
        ArgumentNullException.ThrowIfNull(parameter);
        if (TransformerStages.TryBlock(parameter, $"{Blocks}.") is { } block)
            return 1 + block;
        return parameter.StartsWith("ln_final.", StringComparison.Ordinal) ? _config.Layers
            : parameter.StartsWith("pool.", StringComparison.Ordinal) || parameter.StartsWith("text_projection.", StringComparison.Ordinal) ? StageCount - 1
            : 0;
    }

    internal override Tensor Reference => _blocks[0].Reference;

    internal override Tensor Encode(Tensor ids) => Encode(ids, DType, [.. _blocks.Select(block => (ModernTextStep)block.Compute)]);

    internal override Tensor EncodeFeatures(Tensor ids) => Pool(Encode(ids), ids);

    /// <summary>Token ids [N, L] to normed tokens [N, L, W], by the given blocks.</summary>
    internal Tensor Encode(Tensor ids, ScalarType dtype, IReadOnlyList<ModernTextStep> blocks)
    {
        using var scope = NewDisposeScope();
        var tokens = _tokens.call(ids).to(dtype);
        if (_registers is not null)
            tokens = cat([_registers.to(dtype).expand(ids.shape[0], -1, -1), tokens], dim: 1);               // [N, R + L, W]
        if (_tokenNorm is not null)
            tokens = _tokenNorm.call(tokens);
        // Padding is behind the tokens of a causal tower, which do not see it.
        var mask = _config.Causal ? null : Mask(ids, _config.RegisterTokens, dtype);
        Tensor? firstValues = null;
        foreach (var block in blocks)
        {
            var (next, values) = block(tokens, mask, firstValues);
            firstValues ??= values;
            if (firstValues is not null && !ReferenceEquals(values, firstValues))
                values.Dispose();
            tokens.Dispose();
            tokens = next;
        }
        return _lastNorm.call(tokens.narrow(1, _config.RegisterTokens, ids.shape[1])).MoveToOuterDisposeScope();
    }

    /// <summary>Tokens to features, [N, L, W] to [N, W].</summary>
    internal Tensor Pool(Tensor tokens, Tensor ids)
    {
        var visible = Visible(ids);
        switch (_config.Pooling)
        {
            case ModernTextPooling.Attention:
                return _pool!.call(tokens, Mask(ids, 0, tokens.dtype));
            case ModernTextPooling.Mean:
                var weights = visible.unsqueeze(-1).to(tokens.dtype);                                        // [N, L, 1]
                return (tokens * weights).sum(1) / weights.sum(1).AtLeast(1);
            default:
                var isEnd = ids.IsEqualTo(_config.EndTokenId!.Value);                                        // [N, L]
                var last = visible.to(ScalarType.Int64).sum(1).Minus(1);                                     // [N]
                var places = isEnd.to(ScalarType.Int32).argmax(1).where(isEnd.any(1), last);
                return tokens.gather(1, places.view(-1, 1, 1).expand(-1, 1, tokens.shape[2])).squeeze(1);
        }
    }

    internal override Tensor Project(Tensor features) => _projection?.call(features) ?? features;

    internal override PackedTextTower Pack(KernelBackend backend, PassGate gate) => KernelList.Fill(kernels =>
    {
        var dtype = DType;
        ModernTextStep[] blocks = [.. _blocks.Select(block => block.Pack(backend, kernels))];
        return new PackedEncoderText(this, gate, CacheSizes.Tokens, kernels, ids => Encode(ids, dtype, blocks), Pool);
    });

    internal override void Initialize()
    {
        using var noGradients = no_grad();
        using var scope = NewDisposeScope();
        _tokens.Initialize();
        if (_config.PaddingId is { } padding)
            _tokens.Vectors[padding].zero_();
        if (_registers is not null)
            nn.init.normal_(_registers, std: 1e-6);
        var deviations = ModernTextDeviations.Of(_config);
        foreach (var block in _blocks)
            block.Initialize(deviations);
        _pool?.Initialize();
        if (_projection is not null)
        {
            nn.init.normal_(_projection.Weight, std: 1 / Math.Sqrt(_config.Width));
            if (_projection.BiasOrNull is { } bias)
                nn.init.zeros_(bias);
        }
        NormInitializer.InitializeAll(this);
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
            _rotary?.Dispose();
        base.Dispose(disposing);
    }

    // Of a text of nothing but padding the first token counts.
    private Tensor Visible(Tensor ids)
    {
        if (_config.PaddingId is not { } paddingId)
            return ones_like(ids, ScalarType.Bool);
        var visible = TextPadding.Visible(ids, paddingId);
        var isFirst = TensorArithmetic.Range(ids.shape[1], ScalarType.Int64, ids.device).IsEqualTo(0);       // [L]
        return visible.logical_or(visible.any(1, keepdim: true).logical_not().logical_and(isFirst));
    }

    // [N, 1, 1, R + L]; register tokens are always seen.
    private Tensor Mask(Tensor ids, int registers, ScalarType dtype)
    {
        var visible = Visible(ids);
        if (registers > 0)
            visible = nn.functional.pad(visible, (registers, 0), value: 1);
        return TextPadding.Mask(visible, dtype);
    }
}
