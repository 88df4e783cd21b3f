namespace Clip.Training.Schedules;

/// <summary>The learning rate of every step: up in a straight line first, then as the kind of schedule says.</summary>
/// <param name="PeakRate">The highest learning rate, reached at the end of the warm-up.</param>
/// <param name="WarmupSteps">Steps of the warm-up; the first has the peak rate divided by this.</param>
public abstract record LearningRateSchedule(double PeakRate, long WarmupSteps)
{
    /// <summary>The learning rate of a step.</summary>
    /// <param name="step">The step, from zero.</param>
    public double GetRate(long step)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(step);
        return step < WarmupSteps ? PeakRate * (step + 1) / WarmupSteps : GetRateAfterWarmup(step);
    }

    /// <summary>The learning rate of a step after the warm-up.</summary>
    /// <param name="step">The step, from zero; at least <see cref="WarmupSteps"/>.</param>
    protected abstract double GetRateAfterWarmup(long step);

    /// <summary>Finds a number that is out of range.</summary>
    /// <exception cref="ArgumentException">There is one.</exception>
    public virtual void Validate()
    {
        if (!(PeakRate > 0) || double.IsInfinity(PeakRate))
            throw new ArgumentException($"{nameof(PeakRate)} must be a positive number but is {PeakRate}.");
        if (WarmupSteps < 0)
            throw new ArgumentException($"{nameof(WarmupSteps)} must not be negative but is {WarmupSteps}.");
    }
}
