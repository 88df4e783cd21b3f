using Clip.Kernels;

namespace Clip.Models;

/// <summary>ModernBERT's encoder.</summary>
/// <remarks>Source: Warner et al. 2024, "Smarter, Better, Faster, Longer", section 2.1; transformers, modeling_modernbert.py.</remarks>
internal sealed class ModernBertEncoder : HuggingFaceTextEncoder
{
    /// <summary>The name of its blocks.</summary>
    public const string Blocks = "layers";

    /// <summary>Deviations beyond which no weight is drawn (transformers, configuration_modernbert.py, initializer_cutoff_factor).</summary>
    public const double Cutoff = 2;

    // transformers, configuration_modernbert.py, initializer_range
    private const double Deviation = 0.02;

    private readonly ModernBertTextConfig _config;
    private readonly RotaryEmbedding _globalRotary;
    private readonly RotaryEmbedding _localRotary;

    [ComponentName(Name = "embeddings")] private readonly ModernBertEmbeddings _embeddings;
    [ComponentName(Name = Blocks)] private readonly ModuleList<ModernBertBlock> _blocks;
    [ComponentName(Name = "final_norm")] private readonly MixedPrecisionLayerNorm _lastNorm;

    public ModernBertEncoder(WeightFactory weights, ModernBertTextConfig config, int vocabularySize)
        : base(nameof(ModernBertEncoder))
    {
        _config = config;
        _globalRotary = CreateRotary(config.GlobalRotaryBase);
        _localRotary = CreateRotary(config.LocalRotaryBase);
        var blocks = config.Transformer;
        _embeddings = new ModernBertEmbeddings(weights, blocks, vocabularySize);
        _blocks = nn.ModuleList(Enumerable.Range(0, blocks.Layers)
            .Select(i => new ModernBertBlock(weights, blocks, isFirst: i == 0, SeesAll(i) ? _globalRotary : _localRotary)).ToArray());
        _lastNorm = new MixedPrecisionLayerNorm(weights, blocks.Width, blocks.NormEpsilon, bias: false);
        RegisterComponents();

        RotaryEmbedding CreateRotary(double wavelengths)
        {
            var sequence = new RotarySequence
            {
                Length = config.Positions, HeadSize = config.Width / config.Transformer.Heads, Base = wavelengths, HalvesArePairs = true,
            };
            return new RotaryEmbedding(sequence.ToTable(), weights);
        }
    }

    /// <inheritdoc/>
    public override Tensor Reference => _blocks[0].Reference;

    /// <inheritdoc/>
    public override int StageOf(string parameter) =>
        parameter.StartsWith("final_norm.", StringComparison.Ordinal) ? _config.Layers : 1 + TransformerStages.TryBlock(parameter, $"{Blocks}.") ?? 0;

    public override Tensor forward(Tensor ids) => Compute(ids, Reference.dtype, [.. _blocks.Select(block => (Func<Tensor, Tensor?, Tensor>)block.call)]);

    /// <inheritdoc/>
    public override Func<Tensor, Tensor> Pack(KernelBackend backend, KernelList kernels, long tokensPerPass)
    {
        var dtype = Reference.dtype;
        Func<Tensor, Tensor?, Tensor>[] blocks = [.. _blocks.Select(block => block.Pack(backend, kernels))];
        return ids => Compute(ids, dtype, blocks);
    }

    /// <inheritdoc/>
    public override void Initialize()
    {
        _embeddings.Initialize(Deviation);
        foreach (var block in _blocks)
            block.Initialize(Deviation);
        NormInitializer.InitializeAll(this);
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _globalRotary.Dispose();
            _localRotary.Dispose();
        }
        base.Dispose(disposing);
    }

    private bool SeesAll(int block) => block % _config.GlobalInterval == 0;

    private Tensor Compute(Tensor ids, ScalarType dtype, IReadOnlyList<Func<Tensor, Tensor?, Tensor>> blocks)
    {
        using var scope = NewDisposeScope();
        var seen = TextPadding.Mask(ids, _config.PaddingId, dtype);                                          // [N, 1, 1, L]
        var near = TextPadding.Within(seen, _config.LocalWindow / 2);                                        // [N, 1, L, L]
        var tokens = _embeddings.call(ids).to(dtype);
        for (var i = 0; i < blocks.Count; i++)
        {
            var next = blocks[i](tokens, SeesAll(i) ? seen : near);
            tokens.Dispose();
            tokens = next;
        }
        return _lastNorm.call(tokens).MoveToOuterDisposeScope();                                             // [N, L, W]
    }
}
