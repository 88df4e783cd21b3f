using Clip.Kernels.Contracts;
using Clip.Kernels.Weights;
using Clip.Shared;

namespace Clip.Models;

/// <summary>A pre-norm transformer block: self-attention, then an MLP, each added back onto its input.</summary>
/// <remarks>
/// <para>Maps activations of shape [N, L, W] (batch, sequence, width) to the same shape and dtype.</para>
/// <para>Source: Radford et al. 2021, section 2.4, with the layer order of Radford et al. 2019, section 2.3.</para>
/// </remarks>
internal sealed class ResidualAttentionBlock : SelfAttentionBlock, ITrainedLayer
{
    private readonly TransformerShape _shape;
    private readonly bool _rotates;

    [ComponentName(Name = "ln_1")] private readonly MixedPrecisionLayerNorm _attentionNorm;
    [ComponentName(Name = "attn")] private readonly SelfAttention _attention;
    [ComponentName(Name = "ls_1")] private readonly LayerScale? _attentionScale;
    [ComponentName(Name = "ln_2")] private readonly MixedPrecisionLayerNorm _mlpNorm;
    [ComponentName(Name = "mlp")] private readonly Mlp _mlp;
    [ComponentName(Name = "ls_2")] private readonly LayerScale? _mlpScale;

    public ResidualAttentionBlock(WeightFactory weights, TransformerConfig config, bool causal, bool inputBias = true, RotaryEmbedding? rotary = null)
        : base(nameof(ResidualAttentionBlock))
    {
        _shape = new TransformerShape
        {
            Heads = config.Heads,
            NormEpsilon = config.NormEpsilon,
            Activation = config.Activation.ToFused(),
            Causal = causal,
        };
        _rotates = rotary is not null;
        _attentionNorm = new MixedPrecisionLayerNorm(weights, config.Width, config.NormEpsilon);
        _attention = new SelfAttention(weights, config.Width, config.Heads, causal, inputBias, rotary);
        _mlpNorm = new MixedPrecisionLayerNorm(weights, config.Width, config.NormEpsilon);
        _mlp = new Mlp(weights, config);
        if (config.LayerScale is { } gain)
        {
            _attentionScale = new LayerScale(weights, config.Width, gain);
            _mlpScale = new LayerScale(weights, config.Width, gain);
        }
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
        InputBias = _attention.Input.Bias ?? _attention.Input.Weight.new_zeros(_attention.Input.Weight.shape[0]),
        OutputWeight = _attention.Output.Weight,
        OutputBias = _attention.Output.Bias,
        AttentionScale = _attentionScale?.Gamma,
        MlpNorm = _mlpNorm.Affine,
        ExpandWeight = _mlp.Expand.Weight,
        ExpandBias = _mlp.Expand.Bias,
        ContractWeight = _mlp.Contract.Weight,
        ContractBias = _mlp.Contract.Bias,
        MlpScale = _mlpScale?.Gamma,
    };

    /// <inheritdoc/>
    public ITrainingKernels? Kernels { get; set; }

    public override Tensor forward(Tensor x, Tensor? mask) => (mask is null ? TryRun(x, BlockTokens.Of(x)) : null) ?? Compute(x, mask);

    /// <inheritdoc/>
    public override Tensor? TryRun(Tensor x, BlockTokens tokens) => TrainedBlock.TryRun(_rotates ? null : Kernels, () => Weights, _shape, x, tokens);

    private Tensor Compute(Tensor x, Tensor? mask)
    {
        using var scope = NewDisposeScope();
        var attended = x.Plus(Scale(_attentionScale, _attention.call(_attentionNorm.call(x), mask)));          // [N, L, W]
        var output = attended.Plus(Scale(_mlpScale, _mlp.call(_mlpNorm.call(attended))));  // [N, L, W]
        return output.MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    public override Tensor Continue(Tensor x, KeyValueCache before, int layer, Tensor? mask)
    {
        using var scope = NewDisposeScope();
        var attended = x.Plus(Scale(_attentionScale, _attention.Continue(_attentionNorm.call(x), before, layer, mask)));
        return attended.Plus(Scale(_mlpScale, _mlp.call(_mlpNorm.call(attended)))).MoveToOuterDisposeScope();
    }

    private static Tensor Scale(LayerScale? scale, Tensor branch) => scale is null ? branch : scale.call(branch);
}
