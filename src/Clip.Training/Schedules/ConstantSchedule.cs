namespace Clip.Training.Schedules;

/// <summary>The peak rate for ever after the warm-up.</summary>
/// <param name="PeakRate">The learning rate.</param>
/// <param name="WarmupSteps">Steps of the warm-up.</param>
public sealed record ConstantSchedule(double PeakRate, long WarmupSteps) : LearningRateSchedule(PeakRate, WarmupSteps)
{
    /// <inheritdoc/>
    protected override double GetRateAfterWarmup(long step) => PeakRate;
}
