using Clip.Kernels;
using Clip.Kernels.Contracts;

namespace Clip.Models;

/// <summary>A vision transformer for images of any aspect ratio: patches in a grid of their own, pooled by attention or averaged.</summary>
/// <remarks>
/// <para>Takes pixels of any height and width that whole patches fill, the same for all images of a batch.</para>
/// <para>
/// The original pads the patches of a batch to one length and hides the padding from attention. No image's features depend on it, so
/// images of one grid pass together here, without padding.
/// </para>
/// <para>Source: Tschannen et al. 2025, "SigLIP 2", section 2.4.2; names and choices are those of timm's naflexvit.py.</para>
/// </remarks>
internal sealed class NaFlexTrunk : TimmTrunk
{
    private const string GatedBlocks = "blocks.";

    private readonly NaFlexVisionConfig _config;

    [ComponentName(Name = "embed")] private readonly NaFlexPatches _patches;
    [ComponentName(Name = "transformer")] private readonly Transformer? _transformer;
    [ComponentName(Name = "blocks")] private readonly ModuleList<NaFlexBlock>? _gatedBlocks;
    [ComponentName(Name = "ln_post")] private readonly MixedPrecisionLayerNorm? _tokenNorm;
    [ComponentName(Name = "attn_pool")] private readonly MultiheadAttentionPool? _pool;
    [ComponentName(Name = "fc_norm")] private readonly MixedPrecisionLayerNorm? _featureNorm;
    [ComponentName(Name = "head")] private readonly LinearLayer? _classifier;

    /// <param name="config">The sizes.</param>
    /// <param name="classes">Outputs of the classifier; null for none.</param>
    /// <param name="weights">Makes the weights.</param>
    public NaFlexTrunk(NaFlexVisionConfig config, int? classes, WeightFactory weights)
        : base(nameof(NaFlexTrunk))
    {
        _config = config;
        var transformer = config.Transformer;
        _patches = new NaFlexPatches(weights, config);
        if (config.GatedMlp)
            _gatedBlocks = nn.ModuleList(Enumerable.Range(0, transformer.Layers).Select(_ => new NaFlexBlock(weights, transformer, config.AttentionBias)).ToArray());
        else
            _transformer = new Transformer(weights, transformer, causal: false, config.AttentionBias);
        var norm = new MixedPrecisionLayerNorm(weights, transformer.Width, transformer.NormEpsilon);
        if (config.Pooling == NaFlexPooling.Attention)
        {
            _tokenNorm = norm;
            _pool = new MultiheadAttentionPool(weights, config.PoolMlpWidth is { } hidden ? transformer with { MlpWidth = hidden } : transformer);
        }
        else
        {
            _featureNorm = norm;
        }
        if (classes is { } outputs)
            _classifier = new LinearLayer(weights, transformer.Width, outputs);
        RegisterComponents();
    }

    /// <inheritdoc/>
    public override int StageCount => _config.Transformer.Layers + 1;

    /// <inheritdoc/>
    public override Tensor Reference => _patches.Reference;

    /// <inheritdoc/>
    public override long? TokensPerImage => _config.MostTokens;

    /// <inheritdoc/>
    public override int StageOf(string parameter) => TransformerStages.TryBlock(parameter, GatedBlocks) is { } block
        ? 1 + block
        : TransformerStages.Of(parameter, _config.Transformer.Layers, lastNorm: "ln_post", head: ["attn_pool", "fc_norm", "head"]);

    /// <inheritdoc/>
    public override Tensor Encode(Tensor pixels)
    {
        using var scope = NewDisposeScope();
        var tokens = _patches.call(pixels);
        if (_transformer is not null)
            return Finish(_transformer.call(tokens, null)).MoveToOuterDisposeScope();
        foreach (var block in _gatedBlocks!)
        {
            var next = block.call(tokens);
            tokens.Dispose();
            tokens = next;
        }
        return Finish(tokens).MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    public override Tensor EncodePlaces(Tensor pixels, int localBlocks)
    {
        if (_transformer is null)
            return Encode(pixels);
        using var scope = NewDisposeScope();
        return Finish(_transformer.ForwardAlone(_patches.call(pixels), localBlocks)).MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    public override Tensor Pool(Tensor tokens)
    {
        if (_pool is not null)
            return _pool.call(tokens);
        using var mean = tokens.mean([1]);
        return _featureNorm!.call(mean);
    }

    /// <inheritdoc/>
    public override Tensor Classify(Tensor features) => _classifier?.call(features) ?? features;

    /// <inheritdoc/>
    public override TimmPackedTrunk Pack(KernelBackend backend, KernelList kernels, long imagesPerPass)
    {
        var positions = kernels.Add(new PackedPositions(_patches.GetPositions));
        var blocks = kernels.Add(PackBlocks(backend, imagesPerPass * _config.MostTokens));
        return new(
            pixels => Finish(blocks.Forward(_patches.Embed(pixels, positions.Get), null)),
            EncodePlaces: _transformer is null ? null : (pixels, local) => Finish(blocks.ForwardAlone(_patches.Embed(pixels, positions.Get), null, local)));
    }

    /// <inheritdoc/>
    public override void Initialize()
    {
        if (_config.IsSigLip && _transformer is not null && _pool is not null)
        {
            _patches.InitializeAsSigLip();
            _transformer.InitializeXavier();
            _pool.Initialize();
            NormInitializer.InitializeAll(this);
        }
        else
        {
            TimmInitializer.InitializeAll(this);
            TimmInitializer.ScaleBranches(this);
            _pool?.InitializeNormal(TimmInitializer.Deviation);
            _patches.Initialize();
            foreach (var block in _gatedBlocks ?? [])
                block.Initialize();
        }
    }

    // The patches behind the registers, [N, R + L, W] to [N, L, W].
    private Tensor Finish(Tensor tokens)
    {
        var patches = _config.Registers == 0 ? tokens : tokens.narrow(1, _config.Registers, tokens.shape[1] - _config.Registers);
        return _tokenNorm is null ? patches : _tokenNorm.call(patches);
    }

    private ITransformerKernel PackBlocks(KernelBackend backend, long rows)
    {
        if (_transformer is not null)
            return _transformer.Pack(rows, backend);
        var shape = new TransformerShape
        {
            Heads = _config.Transformer.Heads,
            NormEpsilon = _config.Transformer.NormEpsilon,
            Activation = FusedActivation.Swish(1),
            Causal = false,
            Gated = true,
        };
        return TransformerPacking.Fill(backend.CreateTransformer(shape), _gatedBlocks!, block => block.Weights(), rows);
    }
}
