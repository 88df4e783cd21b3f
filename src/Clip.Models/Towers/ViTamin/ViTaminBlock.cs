using Clip.Kernels.Weights;
using Clip.Shared;

namespace Clip.Models;

/// <summary>A pre-norm transformer block with a gated MLP.</summary>
/// <remarks>Maps [N, L, W] to the same shape.</remarks>
internal sealed class ViTaminBlock : nn.Module<Tensor, Tensor>
{
    [ComponentName(Name = "norm1")] private readonly MixedPrecisionLayerNorm _attentionNorm;
    [ComponentName(Name = "attn")] private readonly ViTaminAttention _attention;
    [ComponentName(Name = "norm2")] private readonly MixedPrecisionLayerNorm _mlpNorm;
    [ComponentName(Name = "mlp")] private readonly GatedMlp _mlp;

    public ViTaminBlock(WeightFactory weights, ViTaminConfig config)
        : base(nameof(ViTaminBlock))
    {
        _attentionNorm = new MixedPrecisionLayerNorm(weights, config.Width, ViTaminConfig.NormEpsilon);
        _attention = new ViTaminAttention(weights, config.Width, config.Heads);
        _mlpNorm = new MixedPrecisionLayerNorm(weights, config.Width, ViTaminConfig.NormEpsilon);
        _mlp = new GatedMlp(weights, config.Width);
        RegisterComponents();
    }

    /// <summary>All weights, for a kernel that computes the same.</summary>
    public BlockWeights Weights => new()
    {
        AttentionNorm = _attentionNorm.Affine,
        InputWeight = _attention.Input.Weight,
        InputBias = _attention.Input.Bias,
        OutputWeight = _attention.Output.Weight,
        OutputBias = _attention.Output.Bias,
        MlpNorm = _mlpNorm.Affine,
        SecondMlpNorm = _mlp.Norm.Affine,
        ExpandWeight = _mlp.Expand.Weight,
        ExpandBias = _mlp.Expand.Bias,
        GateWeight = _mlp.Gate.Weight,
        GateBias = _mlp.Gate.Bias,
        ContractWeight = _mlp.Contract.Weight,
        ContractBias = _mlp.Contract.Bias,
    };

    public override Tensor forward(Tensor x)
    {
        using var scope = NewDisposeScope();
        var attended = x.Plus(_attention.call(_attentionNorm.call(x)));
        return attended.Plus(_mlp.call(_mlpNorm.call(attended))).MoveToOuterDisposeScope();
    }
}
