using Clip.Kernels.Weights;
using Clip.Shared;

namespace Clip.Models;

/// <summary>A block of an EVA tower: attention, then an MLP, each added back onto its input.</summary>
/// <remarks>Maps [N, L, W] to the same shape.</remarks>
internal sealed class EvaBlock : nn.Module<Tensor, Tensor>
{
    private readonly bool _normsBehind;

    [ComponentName(Name = "norm1")] private readonly MixedPrecisionLayerNorm _attentionNorm;
    [ComponentName(Name = "attn")] private readonly UnbiasedKeyAttention _attention;
    [ComponentName(Name = "norm2")] private readonly MixedPrecisionLayerNorm _mlpNorm;
    [ComponentName(Name = "mlp")] private readonly EvaMlp _mlp;

    /// <param name="weights">Makes the weights.</param>
    /// <param name="config">The tower's sizes.</param>
    /// <param name="rotary">Turns queries and keys; null where nothing does. Borrowed.</param>
    public EvaBlock(WeightFactory weights, EvaConfig config, RotaryEmbedding? rotary)
        : base(nameof(EvaBlock))
    {
        _normsBehind = config.Blocks == EvaBlockKind.PostNorm;
        _attentionNorm = new MixedPrecisionLayerNorm(weights, config.Width, EvaConfig.NormEpsilon);
        var isGated = config.Blocks == EvaBlockKind.Gated;
        _attention = new UnbiasedKeyAttention(weights, config.Width, config.Heads, isSplit: isGated, normEpsilon: isGated ? EvaConfig.NormEpsilon : null, rotary: rotary);
        _mlpNorm = new MixedPrecisionLayerNorm(weights, config.Width, EvaConfig.NormEpsilon);
        _mlp = new EvaMlp(weights, config);
        RegisterComponents();
    }

    /// <summary>The attention.</summary>
    public UnbiasedKeyAttention Attention => _attention;

    /// <summary>All weights, for a kernel that computes the same; call it in a dispose scope.</summary>
    public BlockWeights Weights()
    {
        var (inputWeight, inputBias) = _attention.Input();
        return new()
        {
            AttentionNorm = _attentionNorm.Affine,
            InputWeight = inputWeight,
            InputBias = inputBias!,
            HeadsNorm = _attention.Norm?.Affine,
            OutputWeight = _attention.Output.Weight,
            OutputBias = _attention.Output.Bias,
            MlpNorm = _mlpNorm.Affine,
            ExpandWeight = _mlp.Expand.Weight,
            ExpandBias = _mlp.Expand.Bias,
            GateWeight = _mlp.Gate?.Weight,
            GateBias = _mlp.Gate?.Bias,
            HiddenNorm = _mlp.Norm?.Affine,
            ContractWeight = _mlp.Contract.Weight,
            ContractBias = _mlp.Contract.Bias,
        };
    }

    public override Tensor forward(Tensor x) => Run(x, _attention.call);

    /// <summary>Runs the block where each token attends to itself alone.</summary>
    /// <param name="x">[N, L, W].</param>
    /// <returns>[N, L, W].</returns>
    public Tensor ForwardAlone(Tensor x) => Run(x, _attention.AttendAlone);

    private Tensor Run(Tensor x, Func<Tensor, Tensor> attend)
    {
        using var scope = NewDisposeScope();
        var attended = x.Plus(_normsBehind ? _attentionNorm.call(attend(x)) : attend(_attentionNorm.call(x)));
        var output = attended.Plus(_normsBehind ? _mlpNorm.call(_mlp.call(attended)) : _mlp.call(_mlpNorm.call(attended)));
        return output.MoveToOuterDisposeScope();
    }
}
