using Clip.Kernels.Weights;
using Clip.Shared;

namespace Clip.Models;

/// <summary>A pre-norm transformer block whose attention stays within windows.</summary>
/// <remarks>Maps [N, H, W, C] to the same shape.</remarks>
internal sealed class SwinBlock : nn.Module<Tensor, Tensor>
{
    [ComponentName(Name = "norm1")] private readonly MixedPrecisionLayerNorm _attentionNorm;
    [ComponentName(Name = "attn")] private readonly SwinAttention _attention;
    [ComponentName(Name = "norm2")] private readonly MixedPrecisionLayerNorm _mlpNorm;
    [ComponentName(Name = "mlp")] private readonly TimmMlp _mlp;

    public SwinBlock(WeightFactory weights, long width, long heads, SwinWindows windows)
        : base(nameof(SwinBlock))
    {
        Windows = windows;
        _attentionNorm = new MixedPrecisionLayerNorm(weights, width, SwinConfig.NormEpsilon);
        _attention = new SwinAttention(weights, width, heads, windows);
        _mlpNorm = new MixedPrecisionLayerNorm(weights, width, SwinConfig.NormEpsilon);
        _mlp = new TimmMlp(weights, width, SwinConfig.MlpRatio * width, width);
        RegisterComponents();
    }

    /// <summary>Where the windows lie.</summary>
    public SwinWindows Windows { get; }

    /// <summary>The attention.</summary>
    public SwinAttention Attention => _attention;

    /// <summary>All weights, for a kernel that computes the same of windows.</summary>
    public BlockWeights Weights => new()
    {
        AttentionNorm = _attentionNorm.Affine,
        InputWeight = _attention.Input.Weight,
        InputBias = _attention.Input.Bias,
        OutputWeight = _attention.Output.Weight,
        OutputBias = _attention.Output.Bias,
        MlpNorm = _mlpNorm.Affine,
        ExpandWeight = _mlp.Expand.Weight,
        ExpandBias = _mlp.Expand.Bias,
        ContractWeight = _mlp.Contract.Weight,
        ContractBias = _mlp.Contract.Bias,
    };

    public override Tensor forward(Tensor x)
    {
        using var scope = NewDisposeScope();
        var attended = x.Plus(Windows.Join(_attention.call(Windows.Split(_attentionNorm.call(x)))));
        return attended.Plus(_mlp.call(_mlpNorm.call(attended))).MoveToOuterDisposeScope();
    }
}
