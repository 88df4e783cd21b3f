namespace Clip.Training.Steps;

/// <summary>What a step did.</summary>
/// <param name="Loss">The loss over the whole batch.</param>
/// <param name="LearningRate">The learning rate.</param>
/// <param name="GradientNorm">The norm of the gradient, before it was shortened.</param>
/// <param name="LogitScale">The multiplier on cosine similarities after the step.</param>
/// <param name="SkipReason">Why the weights were left as they were; null when they were moved.</param>
internal readonly record struct StepResult(double Loss, double LearningRate, double GradientNorm, double LogitScale, string? SkipReason);
