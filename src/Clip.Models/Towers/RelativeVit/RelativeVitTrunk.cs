using Clip.Kernels;
using Clip.Kernels.Contracts;

namespace Clip.Models;

/// <summary>A vision transformer whose blocks know places by their distances.</summary>
internal sealed class RelativeVitTrunk : TimmTrunk
{
    private const string Blocks = "blocks.", Positions = "rel_pos.";

    private readonly RelativeVitConfig _config;

    [ComponentName(Name = "embed")] private readonly PatchTokens _tokens;
    [ComponentName(Name = "blocks")] private readonly ModuleList<ResidualAttentionBlock> _blocks;
    [ComponentName(Name = "rel_pos")] private readonly ModuleList<RelativePositions> _positions;
    [ComponentName(Name = "norm")] private readonly MixedPrecisionLayerNorm _norm;
    [ComponentName(Name = "head")] private readonly LinearLayer? _classifier;

    /// <param name="config">The sizes.</param>
    /// <param name="classes">Outputs of the classifier; null for none.</param>
    /// <param name="weights">Makes the weights.</param>
    public RelativeVitTrunk(RelativeVitConfig config, int? classes, WeightFactory weights)
        : base(nameof(RelativeVitTrunk))
    {
        _config = config;
        var transformer = config.Transformer;
        var layers = Enumerable.Range(0, transformer.Layers);
        _tokens = new PatchTokens(weights, config.Patches);
        _blocks = nn.ModuleList(layers.Select(_ => new ResidualAttentionBlock(weights, transformer, causal: false, config.AttentionBias)).ToArray());
        _positions = nn.ModuleList(layers.Select(_ => new RelativePositions(weights, config.Grid, config.PositionWidth, transformer.Heads)).ToArray());
        _norm = new MixedPrecisionLayerNorm(weights, transformer.Width, transformer.NormEpsilon);
        if (classes is { } outputs)
            _classifier = new LinearLayer(weights, transformer.Width, outputs);
        RegisterComponents();
    }

    /// <inheritdoc/>
    public override int StageCount => _config.Transformer.Layers + 1;

    /// <inheritdoc/>
    public override Tensor Reference => _blocks[0].Attention.Input.Weight;

    /// <inheritdoc/>
    public override long? TokensPerImage => _config.Patches.Tokens;

    /// <inheritdoc/>
    public override int StageOf(string parameter)
    {
        if ((TransformerStages.TryBlock(parameter, Blocks) ?? TransformerStages.TryBlock(parameter, Positions)) is { } block)
            return 1 + block;
        return parameter.StartsWith("norm.", StringComparison.Ordinal) ? _config.Transformer.Layers
            : parameter.StartsWith("head.", StringComparison.Ordinal) ? StageCount
            : 0;
    }

    /// <inheritdoc/>
    public override Tensor Encode(Tensor pixels) => EncodePlaces(pixels, localBlocks: 0);

    /// <inheritdoc/>
    public override Tensor PoolPlaces(Tensor tokens) => tokens;

    /// <inheritdoc/>
    public override Tensor EncodePlaces(Tensor pixels, int localBlocks)
    {
        using var scope = NewDisposeScope();
        var tokens = _tokens.call(pixels);
        for (var i = 0; i < _blocks.Count; i++)
        {
            using var bias = i >= _blocks.Count - localBlocks ? AttentionHeads.AloneMask(tokens) : _positions[i].GetBias();
            var next = _blocks[i].call(tokens, bias);
            tokens.Dispose();
            tokens = next;
        }
        return _norm.call(tokens).MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    public override Tensor Pool(Tensor tokens) => _config.Pooling == ImagePooling.ClassToken
        ? tokens.select(1, 0)
        : tokens.narrow(1, 1, tokens.shape[1] - 1).mean([1]);

    /// <inheritdoc/>
    public override LinearLayer? Classifier => _classifier;

    /// <inheritdoc/>
    public override TimmPackedTrunk Pack(KernelBackend backend, KernelList kernels, long imagesPerPass)
    {
        using var noGradients = no_grad();
        var embed = _tokens.Pack(backend, kernels);
        var biases = _positions.Select(positions => kernels.Add(positions.GetBias().DetachFromDisposeScope())).ToArray();
        // Each block adds another bias, so that it is a stack of its own.
        var blocks = _blocks.Select(block => kernels.Add(PackBlock(block, backend, imagesPerPass * _config.Patches.Tokens))).ToArray();
        return new(
            pixels => _norm.call(Run(embed(pixels), blocks.Length)),
            _config.Pooling == ImagePooling.ClassToken ? EncodeClassToken : null,
            (pixels, local) => _norm.call(Run(embed(pixels), blocks.Length, local)));

        Tensor EncodeClassToken(Tensor pixels)
        {
            var tokens = Run(embed(pixels), blocks.Length - 1);
            // The norm looks at one token at a time.
            return _norm.call(blocks[^1].ForwardAt(tokens, zeros(tokens.shape[0], ScalarType.Int64), biases[^1]));
        }

        Tensor Run(Tensor tokens, int count, int local = 0)
        {
            for (var i = 0; i < count; i++)
            {
                var next = i >= blocks.Length - local ? blocks[i].ForwardAlone(tokens, null, blocks: 1) : blocks[i].Forward(tokens, biases[i]);
                tokens.Dispose();
                tokens = next;
            }
            return tokens;
        }
    }

    /// <inheritdoc/>
    public override void Initialize()
    {
        TimmInitializer.InitializeAll(this);
        _tokens.Initialize(TimmInitializer.TokenDeviation);
    }

    private ITransformerKernel PackBlock(ResidualAttentionBlock block, KernelBackend backend, long rows)
    {
        var shape = new TransformerShape
        {
            Heads = _config.Transformer.Heads,
            NormEpsilon = _config.Transformer.NormEpsilon,
            Activation = _config.Transformer.Activation.ToFused(),
            Causal = false,
        };
        return TransformerPacking.Fill(backend.CreateTransformer(shape), [block], block => block.Weights, rows);
    }
}
