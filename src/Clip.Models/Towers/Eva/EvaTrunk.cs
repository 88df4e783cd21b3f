using Clip.Kernels;
using Clip.Kernels.Contracts;

namespace Clip.Models;

/// <summary>An EVA tower: a vision transformer whose class token is the feature.</summary>
internal sealed class EvaTrunk : TimmTrunk
{
    private const string Block = "blocks.";

    private readonly EvaConfig _config;
    private readonly RotaryEmbedding? _rotary;

    [ComponentName(Name = "embed")] private readonly PatchTokens _tokens;
    [ComponentName(Name = "blocks")] private readonly ModuleList<EvaBlock> _blocks;
    [ComponentName(Name = "norm")] private readonly MixedPrecisionLayerNorm _norm;
    [ComponentName(Name = "head")] private readonly LinearLayer? _classifier;

    /// <param name="config">The sizes.</param>
    /// <param name="classes">Outputs of the classifier; null for none.</param>
    /// <param name="weights">Makes the weights.</param>
    public EvaTrunk(EvaConfig config, int? classes, WeightFactory weights)
        : base(nameof(EvaTrunk))
    {
        _config = config;
        _rotary = config.Blocks == EvaBlockKind.Gated ? new RotaryEmbedding(config.Rotary.ToTable(), weights) : null;
        _tokens = new PatchTokens(weights, config.Patches);
        _blocks = nn.ModuleList(Enumerable.Range(0, config.Layers).Select(_ => new EvaBlock(weights, config, _rotary)).ToArray());
        _norm = new MixedPrecisionLayerNorm(weights, config.Width, EvaConfig.NormEpsilon);
        if (classes is { } outputs)
            _classifier = new LinearLayer(weights, config.Width, outputs);
        RegisterComponents();
    }

    /// <inheritdoc/>
    public override int StageCount => _config.Layers + 1;

    /// <inheritdoc/>
    public override Tensor Reference => _blocks[0].Attention.Output.Weight;

    /// <inheritdoc/>
    public override long? TokensPerImage => _config.Patches.Tokens;

    /// <inheritdoc/>
    public override int StageOf(string parameter)
    {
        if (parameter.StartsWith(Block, StringComparison.Ordinal))
        {
            var number = parameter.AsSpan(Block.Length);
            return 1 + int.Parse(number[..number.IndexOf('.')], provider: null);
        }
        return parameter.StartsWith("norm.", StringComparison.Ordinal) ? _config.Layers
            : parameter.StartsWith("head.", StringComparison.Ordinal) ? StageCount
            : 0;
    }

    /// <inheritdoc/>
    public override Tensor Encode(Tensor pixels) => EncodePlaces(pixels, localBlocks: 0);

    /// <inheritdoc/>
    public override Tensor EncodePlaces(Tensor pixels, int localBlocks)
    {
        using var scope = NewDisposeScope();
        var tokens = _tokens.call(pixels);
        for (var i = 0; i < _blocks.Count; i++)
        {
            var next = i >= _blocks.Count - localBlocks ? _blocks[i].ForwardAlone(tokens) : _blocks[i].call(tokens);
            tokens.Dispose();
            tokens = next;
        }
        return _norm.call(tokens).MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    public override Tensor Pool(Tensor tokens) => tokens.select(1, 0);

    /// <inheritdoc/>
    public override LinearLayer? Classifier => _classifier;

    /// <inheritdoc/>
    public override TimmPackedTrunk Pack(KernelBackend backend, KernelList kernels, long imagesPerPass)
    {
        var embed = _tokens.Pack(backend, kernels);
        var blocks = kernels.Add(PackTransformer(backend, imagesPerPass * _config.Patches.Tokens));
        return new TimmPackedTrunk(
            pixels => _norm.call(blocks.Forward(embed(pixels), null)),
            EncodeClassToken,
            (pixels, local) => _norm.call(blocks.ForwardAlone(embed(pixels), null, local)));

        // The norm looks at one token at a time.
        Tensor EncodeClassToken(Tensor pixels)
        {
            var tokens = embed(pixels);
            return _norm.call(blocks.ForwardAt(tokens, zeros(tokens.shape[0], ScalarType.Int64), null));
        }
    }

    /// <inheritdoc/>
    public override void Initialize()
    {
        TimmInitializer.InitializeAll(this);
        TimmInitializer.ScaleAsEva(this, _classifier);
        foreach (var block in _blocks)
            block.Attention.InitializeBiases();
        _tokens.Initialize(TimmInitializer.Deviation);
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
            _rotary?.Dispose();
        base.Dispose(disposing);
    }

    private ITransformerKernel PackTransformer(KernelBackend backend, long rows)
    {
        var kernel = backend.CreateTransformer(new()
        {
            Heads = _config.Heads,
            NormEpsilon = EvaConfig.NormEpsilon,
            Activation = _config.Blocks == EvaBlockKind.Gated ? FusedActivation.Swish(1) : FusedActivation.Gelu,
            Causal = false,
            NormsBehind = _config.Blocks == EvaBlockKind.PostNorm,
            InnerNorms = _config.Blocks == EvaBlockKind.Gated,
            Gated = _config.Blocks == EvaBlockKind.Gated,
            Rotary = _rotary?.Table,
        });
        return TransformerPacking.Fill(kernel, _blocks, block => block.Weights(), rows);
    }
}
