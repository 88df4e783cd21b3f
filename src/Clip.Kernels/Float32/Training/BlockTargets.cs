using Clip.Kernels.Weights;

namespace Clip.Kernels.Float32.Training;

/// <summary>Where gradients of a block's weights go.</summary>
/// <param name="weights">The weights.</param>
internal sealed class BlockTargets(BlockWeights weights)
{
    public GradientTarget AttentionGain { get; } = GradientTargets.Of(weights.AttentionNorm.Weight);

    public GradientTarget AttentionShift { get; } = GradientTargets.Of(weights.AttentionNorm.Bias);

    public GradientTarget InputWeight { get; } = GradientTargets.Of(weights.InputWeight);

    public GradientTarget InputBias { get; } = GradientTargets.Of(weights.InputBias);

    public GradientTarget OutputWeight { get; } = GradientTargets.Of(weights.OutputWeight);

    public GradientTarget OutputBias { get; } = GradientTargets.Of(weights.OutputBias);

    public GradientTarget MlpGain { get; } = GradientTargets.Of(weights.MlpNorm.Weight);

    public GradientTarget MlpShift { get; } = GradientTargets.Of(weights.MlpNorm.Bias);

    public GradientTarget ExpandWeight { get; } = GradientTargets.Of(weights.ExpandWeight);

    public GradientTarget ExpandBias { get; } = GradientTargets.Of(weights.ExpandBias);

    public GradientTarget ContractWeight { get; } = GradientTargets.Of(weights.ContractWeight);

    public GradientTarget ContractBias { get; } = GradientTargets.Of(weights.ContractBias);
}
