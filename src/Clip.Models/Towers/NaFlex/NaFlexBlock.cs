using Clip.Kernels.Weights;
using Clip.Shared;

namespace Clip.Models;

/// <summary>A pre-norm transformer block with a gated MLP, as timm builds NaFlexVit where its MLPs are gated (timm, eva.py, EvaBlock).</summary>
/// <remarks>Maps [N, L, W] to the same shape.</remarks>
internal sealed class NaFlexBlock : nn.Module<Tensor, Tensor>
{
    private readonly double? _initialScale;

    [ComponentName(Name = "norm1")] private readonly MixedPrecisionLayerNorm _attentionNorm;
    [ComponentName(Name = "attn")] private readonly UnbiasedKeyAttention _attention;
    [ComponentName(Name = "gamma_1")] private Parameter? _attentionScale;
    [ComponentName(Name = "norm2")] private readonly MixedPrecisionLayerNorm _mlpNorm;
    [ComponentName(Name = "mlp")] private readonly NaFlexMlp _mlp;
    [ComponentName(Name = "gamma_2")] private Parameter? _mlpScale;

    public NaFlexBlock(WeightFactory weights, TransformerConfig config, bool attentionBias)
        : base(nameof(NaFlexBlock))
    {
        _initialScale = config.LayerScale;
        _attentionNorm = new MixedPrecisionLayerNorm(weights, config.Width, config.NormEpsilon);
        _attention = new UnbiasedKeyAttention(weights, config.Width, config.Heads, bias: attentionBias);
        _mlpNorm = new MixedPrecisionLayerNorm(weights, config.Width, config.NormEpsilon);
        _mlp = new NaFlexMlp(weights, config);
        if (config.LayerScale is not null)
        {
            _attentionScale = weights.Sensitive(config.Width);
            _mlpScale = weights.Sensitive(config.Width);
        }
        RegisterComponents();
    }

    /// <summary>All weights, for a kernel that computes the same; call it in a dispose scope.</summary>
    public BlockWeights Weights()
    {
        var (inputWeight, inputBias) = _attention.Input();
        var (weights, biases) = (_mlp.Expand.Weight.chunk(2), _mlp.Expand.Bias.chunk(2));
        return new()
        {
            AttentionNorm = _attentionNorm.Affine,
            InputWeight = inputWeight,
            InputBias = inputBias ?? inputWeight.new_zeros(inputWeight.shape[0]),
            OutputWeight = _attention.Output.Weight,
            OutputBias = _attention.Output.Bias,
            AttentionScale = _attentionScale,
            MlpNorm = _mlpNorm.Affine,
            GateWeight = weights[0],
            GateBias = biases[0],
            ExpandWeight = weights[1],
            ExpandBias = biases[1],
            ContractWeight = _mlp.Contract.Weight,
            ContractBias = _mlp.Contract.Bias,
            MlpScale = _mlpScale,
        };
    }

    public override Tensor forward(Tensor x)
    {
        using var scope = NewDisposeScope();
        var attended = x.Plus(Scale(_attentionScale, _attention.call(_attentionNorm.call(x))));
        return attended.Plus(Scale(_mlpScale, _mlp.call(_mlpNorm.call(attended)))).MoveToOuterDisposeScope();
    }

    /// <summary>Sets what linear layers and norms do not have: biases of the attention and gains of the branches.</summary>
    public void Initialize()
    {
        _attention.InitializeBiases();
        foreach (var gain in new[] { _attentionScale, _mlpScale }.OfType<Parameter>())
            gain.Initialize(_initialScale!.Value);
    }

    private static Tensor Scale(Parameter? gain, Tensor branch) => gain is null ? branch : branch * gain.to(branch.dtype);
}
