using System.Diagnostics;
using Clip.Training;
using Training.Shared;

namespace Emoji.Training;

/// <summary>Writes the losses of a part of the training.</summary>
/// <param name="log">Where to.</param>
/// <param name="part">The part.</param>
internal sealed class LossLog(RunLog log, PartOfRecipe part)
{
    private long _began = Stopwatch.GetTimestamp();

    /// <summary>Takes the loss of a step and the norm of its gradient.</summary>
    public void Report(int step, double loss, double gradientNorm)
    {
        var seconds = Stopwatch.GetElapsedTime(_began).TotalSeconds;
        _began = Stopwatch.GetTimestamp();
        log.Report(new TrainingProgress(
            step, part.Steps, loss, part.Schedule.GetRate(step - 1), gradientNorm, Recipe.LogitScale, part.BatchSize / seconds, (long)step * part.BatchSize, 0, 0, null));
    }

    /// <summary>Takes another value.</summary>
    public void Add(int step, string name, double value) => log.Add(step, name, value);
}
