using Clip.Kernels.Weights;

namespace Clip.Kernels.Float32.Training;

/// <summary>Where gradients of a block's weights go.</summary>
/// <param name="weights">The weights.</param>
/// <param name="memory">Where their memory comes from.</param>
internal sealed class BlockTargets(BlockWeights weights, GradientMemory memory)
{
    public GradientTarget AttentionGain { get; } = memory.TargetOf(weights.AttentionNorm.Weight);

    public GradientTarget AttentionShift { get; } = memory.TargetOf(weights.AttentionNorm.Bias);

    public GradientTarget InputWeight { get; } = memory.TargetOf(weights.InputWeight);

    public GradientTarget InputBias { get; } = memory.TargetOf(weights.InputBias);

    public GradientTarget OutputWeight { get; } = memory.TargetOf(weights.OutputWeight);

    public GradientTarget OutputBias { get; } = memory.TargetOf(weights.OutputBias);

    public GradientTarget MlpGain { get; } = memory.TargetOf(weights.MlpNorm.Weight);

    public GradientTarget MlpShift { get; } = memory.TargetOf(weights.MlpNorm.Bias);

    public GradientTarget ExpandWeight { get; } = memory.TargetOf(weights.ExpandWeight);

    public GradientTarget ExpandBias { get; } = memory.TargetOf(weights.ExpandBias);

    public GradientTarget ContractWeight { get; } = memory.TargetOf(weights.ContractWeight);

    public GradientTarget ContractBias { get; } = memory.TargetOf(weights.ContractBias);
}
