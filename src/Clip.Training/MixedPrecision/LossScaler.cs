namespace Clip.Training.MixedPrecision;

/// <summary>A factor on the loss that keeps float16 gradients away from zero, found by trial.</summary>
/// <remarks>
/// Gradients that overflow halve the factor, and their step is left out; a long run without overflow doubles it.
/// Source: Micikevicius et al. 2017, "Mixed Precision Training", section 3.2; numbers as in PyTorch's GradScaler.
/// </remarks>
public sealed class LossScaler
{
    private const double Smallest = 1;
    private const double Largest = 1 << 24;

    private readonly int _growthInterval;

    /// <summary>Starts with a factor.</summary>
    /// <param name="scale">The first factor; positive.</param>
    /// <param name="growthInterval">Steps without overflow after which the factor is doubled; positive.</param>
    public LossScaler(double scale = 65536, int growthInterval = 2000)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(scale);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(growthInterval);
        Scale = scale;
        _growthInterval = growthInterval;
    }

    /// <summary>What the loss is multiplied by, and the gradients divided by.</summary>
    public double Scale { get; private set; }

    /// <summary>Steps since the last overflow or the last doubling.</summary>
    public int StepsSinceChange { get; private set; }

    /// <summary>Whether the factor cannot become smaller: gradients that still are not finite are not its fault.</summary>
    public bool IsExhausted => Scale <= Smallest;

    /// <summary>Takes note of a step.</summary>
    /// <param name="finite">Whether all gradients were finite.</param>
    public void Update(bool finite)
    {
        if (!finite)
        {
            Scale = Math.Max(Smallest, Scale / 2);
            StepsSinceChange = 0;
        }
        else if (++StepsSinceChange == _growthInterval)
        {
            Scale = Math.Min(Largest, Scale * 2);
            StepsSinceChange = 0;
        }
    }

    /// <summary>Continues where another run stopped.</summary>
    /// <param name="scale">Its factor.</param>
    /// <param name="stepsSinceChange">Its steps since the last change.</param>
    public void Restore(double scale, int stepsSinceChange)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(scale);
        ArgumentOutOfRangeException.ThrowIfNegative(stepsSinceChange);
        (Scale, StepsSinceChange) = (scale, stepsSinceChange);
    }
}
