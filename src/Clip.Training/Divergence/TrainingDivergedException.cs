namespace Clip.Training.Divergence;

/// <summary>Too many steps in a row had a loss or a gradient that is not a finite number.</summary>
public sealed class TrainingDivergedException : Exception
{
    internal TrainingDivergedException(long step, int skipped, string where)
        : base($"Training stopped at step {step}: {skipped} steps in a row were not finite, first seen in {where}. "
            + "Resume from an earlier checkpoint with a lower learning rate, a longer warm-up, gradient clipping or float32.")
    {
        Step = step;
        Where = where;
    }

    /// <summary>The step, from one, at which training stopped.</summary>
    public long Step { get; }

    /// <summary>What was first seen not to be finite in the last of these steps, such as a layer's output.</summary>
    public string Where { get; }
}
