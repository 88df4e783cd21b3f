using Clip.Kernels.Weights;

namespace Clip.Models;

/// <summary>A block of an EVA tower: attention, then an MLP, each added back onto its input.</summary>
/// <remarks>Maps [N, L, W] to the same shape.</remarks>
internal sealed class EvaBlock : nn.Module<Tensor, Tensor>
{
    private readonly bool _normsBehind;

    [ComponentName(Name = "norm1")] private readonly MixedPrecisionLayerNorm _attentionNorm;
    [ComponentName(Name = "attn")] private readonly EvaAttention _attention;
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
        _attention = new EvaAttention(weights, config, rotary);
        _mlpNorm = new MixedPrecisionLayerNorm(weights, config.Width, EvaConfig.NormEpsilon);
        _mlp = new EvaMlp(weights, config);
        RegisterComponents();
    }

    /// <summary>The attention.</summary>
    public EvaAttention Attention => _attention;

    /// <summary>The MLP.</summary>
    public EvaMlp Mlp => _mlp;

    /// <summary>All weights of a pre-norm block, for a kernel that computes the same; call it in a dispose scope.</summary>
    public BlockWeights Weights()
    {
        var (inputWeight, inputBias) = _attention.Input();
        return new()
        {
            AttentionNorm = _attentionNorm.Affine,
            InputWeight = inputWeight,
            InputBias = inputBias,
            OutputWeight = _attention.Output.Weight,
            OutputBias = _attention.Output.Bias,
            MlpNorm = _mlpNorm.Affine,
            ExpandWeight = _mlp.Expand[0].Weight,
            ExpandBias = _mlp.Expand[0].Bias,
            ContractWeight = _mlp.Contract.Weight,
            ContractBias = _mlp.Contract.Bias,
        };
    }

    public override Tensor forward(Tensor x) => Add(x, _attention.call, _mlp.call);

    /// <summary>The norms and additions around an attention and an MLP.</summary>
    /// <param name="x">[N, L, W].</param>
    /// <param name="attend">The attention.</param>
    /// <param name="transform">The MLP.</param>
    public Tensor Add(Tensor x, Func<Tensor, Tensor> attend, Func<Tensor, Tensor> transform)
    {
        using var scope = NewDisposeScope();
        if (_normsBehind)
        {
            var added = x + _attentionNorm.call(attend(x));
            return (added + _mlpNorm.call(transform(added))).MoveToOuterDisposeScope();
        }
        var attended = x + attend(_attentionNorm.call(x));
        return (attended + transform(_mlpNorm.call(attended))).MoveToOuterDisposeScope();
    }
}
