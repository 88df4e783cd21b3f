using Clip.Kernels;
using Clip.Shared;

namespace Clip.Models;

/// <summary>mT5's encoder.</summary>
/// <remarks>Source: Xue et al. 2020, "mT5"; Raffel et al. 2019, section 2.1; transformers, modeling_mt5.py.</remarks>
internal sealed class Mt5Encoder : HuggingFaceTextEncoder
{
    /// <summary>The name of its blocks.</summary>
    public const string Blocks = "block";

    private readonly Mt5TextConfig _config;

    [ComponentName(Name = "embed_tokens")] private readonly TokenEmbedding _tokens;
    [ComponentName(Name = "relative_attention_bias")] private readonly TokenEmbedding _distances;
    [ComponentName(Name = Blocks)] private readonly ModuleList<Mt5Block> _blocks;
    [ComponentName(Name = "final_layer_norm")] private readonly RmsNorm _lastNorm;

    public Mt5Encoder(WeightFactory weights, Mt5TextConfig config, int vocabularySize)
        : base(nameof(Mt5Encoder))
    {
        _config = config;
        _tokens = new TokenEmbedding(weights, vocabularySize, config.Width);
        _distances = new TokenEmbedding(weights, config.DistanceBuckets, config.Heads);
        _blocks = nn.ModuleList(Enumerable.Range(0, config.Layers).Select(_ => new Mt5Block(weights, config)).ToArray());
        _lastNorm = new RmsNorm(weights, config.Width, config.NormEpsilon);
        RegisterComponents();
    }

    /// <inheritdoc/>
    public override Tensor Reference => _blocks[0].Reference;

    /// <inheritdoc/>
    public override int StageOf(string parameter) =>
        parameter.StartsWith("final_layer_norm.", StringComparison.Ordinal) ? _config.Layers : 1 + TransformerStages.TryBlock(parameter, $"{Blocks}.") ?? 0;

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
        nn.init.normal_(_tokens.Vectors, std: 1);
        nn.init.normal_(_distances.Vectors, std: 1 / Math.Sqrt(_config.Width));
        foreach (var block in _blocks)
            block.Initialize();
        _lastNorm.Initialize();
    }

    private Tensor Compute(Tensor ids, ScalarType dtype, IReadOnlyList<Func<Tensor, Tensor?, Tensor>> blocks)
    {
        using var scope = NewDisposeScope();
        var length = (int)ids.shape[1];
        var buckets = tensor(Mt5Distances.Buckets(length, _config), length, length).to(ids.device);
        var distances = _distances.call(buckets).permute(2, 0, 1).unsqueeze(0);                                  // [1, heads, L, L]
        var mask = distances.Plus(TextPadding.Mask(ids, _config.PaddingId, distances.dtype)).to(dtype);          // [N, heads, L, L]
        var tokens = _tokens.call(ids).to(dtype);
        foreach (var block in blocks)
        {
            var next = block(tokens, mask);
            tokens.Dispose();
            tokens = next;
        }
        return _lastNorm.call(tokens).MoveToOuterDisposeScope();                                                 // [N, L, W]
    }
}
