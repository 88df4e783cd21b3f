namespace Clip.Training.Schedules;

/// <summary>The peak rate after the warm-up, and a way down in the last steps.</summary>
/// <remarks>Source: Zhai et al. 2022, "Scaling Vision Transformers", section 3.5; with a power as in open_clip.</remarks>
/// <param name="PeakRate">The highest learning rate.</param>
/// <param name="WarmupSteps">Steps of the warm-up.</param>
/// <param name="TotalSteps">All steps.</param>
/// <param name="CooldownSteps">How many of them, at the end, go down.</param>
public sealed record CooldownSchedule(double PeakRate, long WarmupSteps, long TotalSteps, long CooldownSteps)
    : LearningRateSchedule(PeakRate, WarmupSteps)
{
    /// <summary>The learning rate that the cool-down goes towards.</summary>
    public double FinalRate { get; init; }

    /// <summary>The power of the share of the cool-down that is left: 1 is a straight line.</summary>
    public double Power { get; init; } = 1;

    /// <inheritdoc/>
    protected override double GetRateAfterWarmup(long step)
    {
        var start = TotalSteps - CooldownSteps;
        if (step < start)
            return PeakRate;
        var share = Math.Pow(Math.Max(0, 1 - (double)(step - start) / CooldownSteps), Power);
        return share * (PeakRate - FinalRate) + FinalRate;
    }

    /// <inheritdoc/>
    public override void Validate()
    {
        base.Validate();
        if (CooldownSteps <= 0 || CooldownSteps > TotalSteps)
            throw new ArgumentException($"{nameof(CooldownSteps)} must be 1 to {TotalSteps}, all steps, but is {CooldownSteps}.");
        if (!(FinalRate >= 0) || FinalRate > PeakRate)
            throw new ArgumentException($"{nameof(FinalRate)} must be 0 to {PeakRate}, the peak, but is {FinalRate}.");
        if (!(Power > 0))
            throw new ArgumentException($"{nameof(Power)} must be positive but is {Power}.");
    }
}
