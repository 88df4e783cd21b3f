namespace Clip.Training.Schedules;

/// <summary>Half a cosine, from the peak rate at the end of the warm-up to zero after the last step.</summary>
/// <remarks>Source: Radford et al. 2021, section 2.5, after Loshchilov and Hutter 2016, "SGDR".</remarks>
/// <param name="PeakRate">The highest learning rate.</param>
/// <param name="WarmupSteps">Steps of the warm-up.</param>
/// <param name="TotalSteps">All steps, warm-up included.</param>
public sealed record CosineSchedule(double PeakRate, long WarmupSteps, long TotalSteps) : LearningRateSchedule(PeakRate, WarmupSteps)
{
    /// <inheritdoc/>
    protected override double GetRateAfterWarmup(long step) =>
        step >= TotalSteps ? 0 : 0.5 * (1 + Math.Cos(Math.PI * (step - WarmupSteps) / (TotalSteps - WarmupSteps))) * PeakRate;

    /// <inheritdoc/>
    public override void Validate()
    {
        base.Validate();
        if (TotalSteps < WarmupSteps)
            throw new ArgumentException($"{nameof(TotalSteps)} ({TotalSteps}) must not be less than {nameof(WarmupSteps)} ({WarmupSteps}).");
    }
}
