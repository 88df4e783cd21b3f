namespace Clip.Training;

/// <summary>Where a training run is.</summary>
/// <param name="Step">Steps done, resumed ones included.</param>
/// <param name="TotalSteps">Steps in all.</param>
/// <param name="Loss">The step's loss, over its whole batch.</param>
/// <param name="LearningRate">The step's learning rate.</param>
/// <param name="GradientNorm">The norm of the step's gradient, before it was shortened.</param>
/// <param name="LogitScale">The multiplier on cosine similarities after the step.</param>
/// <param name="PairsPerSecond">The batch size divided by the time since the end of the step before, waiting for data included.</param>
/// <param name="PairsSeen">Pairs of all steps done.</param>
/// <param name="SkippedSamples">Unreadable samples that the source has passed over.</param>
/// <param name="SkippedSteps">Steps that left the weights as they were because they were not finite.</param>
/// <param name="SkipReason">Why this step was one of them, such as "not finite: the output of visual.conv1"; null when it was not.</param>
public readonly record struct TrainingProgress(
    long Step,
    long TotalSteps,
    double Loss,
    double LearningRate,
    double GradientNorm,
    double LogitScale,
    double PairsPerSecond,
    long PairsSeen,
    long SkippedSamples,
    long SkippedSteps,
    string? SkipReason);
