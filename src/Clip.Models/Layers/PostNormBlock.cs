using Clip.Kernels.Weights;
using Clip.Shared;

namespace Clip.Models;

/// <summary>A post-norm transformer block: self-attention, then an MLP, each added back onto its input and normed there.</summary>
/// <remarks>Source: Vaswani et al. 2017, section 3.1; BERT's models have kept it.</remarks>
internal sealed class PostNormBlock : SelfAttentionBlock
{
    [ComponentName(Name = "attn")] private readonly SelfAttention _attention;
    [ComponentName(Name = "ln_1")] private readonly MixedPrecisionLayerNorm _attentionNorm;
    [ComponentName(Name = "mlp")] private readonly Mlp _mlp;
    [ComponentName(Name = "ln_2")] private readonly MixedPrecisionLayerNorm _mlpNorm;

    public PostNormBlock(WeightFactory weights, TransformerConfig config)
        : base(nameof(PostNormBlock))
    {
        _attention = new SelfAttention(weights, config.Width, config.Heads, causal: false);
        _attentionNorm = new MixedPrecisionLayerNorm(weights, config.Width, config.NormEpsilon);
        _mlp = new Mlp(weights, config);
        _mlpNorm = new MixedPrecisionLayerNorm(weights, config.Width, config.NormEpsilon);
        RegisterComponents();
    }

    /// <inheritdoc/>
    public override SelfAttention Attention => _attention;

    /// <inheritdoc/>
    public override Mlp Mlp => _mlp;

    /// <inheritdoc/>
    public override BlockWeights Weights => new()
    {
        AttentionNorm = _attentionNorm.Affine,
        InputWeight = _attention.Input.Weight,
        InputBias = _attention.Input.Bias!,      // these blocks always have one
        OutputWeight = _attention.Output.Weight,
        OutputBias = _attention.Output.Bias,
        MlpNorm = _mlpNorm.Affine,
        ExpandWeight = _mlp.Expand.Weight,
        ExpandBias = _mlp.Expand.Bias,
        ContractWeight = _mlp.Contract.Weight,
        ContractBias = _mlp.Contract.Bias,
    };

    public override Tensor forward(Tensor x, Tensor? mask)
    {
        using var scope = NewDisposeScope();
        var attended = _attentionNorm.call(x.Plus(_attention.call(x, mask)));                // [N, L, W]
        var output = _mlpNorm.call(attended.Plus(_mlp.call(attended)));                      // [N, L, W]
        return output.MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    public override Tensor Continue(Tensor x, KeyValueCache before, int layer, Tensor? mask)
    {
        using var scope = NewDisposeScope();
        var attended = _attentionNorm.call(x.Plus(_attention.Continue(x, before, layer, mask)));
        return _mlpNorm.call(attended.Plus(_mlp.call(attended))).MoveToOuterDisposeScope();
    }
}
