using Clip.Training.Schedules;

namespace Emoji.Training;

/// <summary>How one of the towers is trained.</summary>
internal sealed record PartOfRecipe
{
    /// <summary>Training steps.</summary>
    public required int Steps { get; init; }

    /// <summary>Images or captions of a step.</summary>
    public required int BatchSize { get; init; }

    /// <summary>Highest learning rate; it rises over <see cref="WarmupSteps"/> and falls to zero in the last third of the steps.</summary>
    public required double PeakRate { get; init; }

    /// <summary>Fixes the batches.</summary>
    public required long Seed { get; init; }

    /// <summary>Weight decay.</summary>
    public double WeightDecay { get; init; } = 0.05;

    /// <summary>How much of the average of the weights a step keeps.</summary>
    public double AverageDecay { get; init; } = 0.995;

    /// <summary>Steps after each of which the state is saved and the model evaluated.</summary>
    public int SaveEverySteps { get; init; } = 400;

    /// <summary>Steps in which the learning rate rises.</summary>
    public int WarmupSteps { get; init; } = 200;

    /// <summary>The learning rate of each step.</summary>
    public CooldownSchedule Schedule => new(PeakRate, WarmupSteps, Steps, CooldownSteps: Steps / 3);
}
