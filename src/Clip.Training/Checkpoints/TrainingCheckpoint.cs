using Clip.Checkpoints;

namespace Clip.Training.Checkpoints;

/// <summary>A complete checkpoint of a training run: a folder whose weights <see cref="Models.DualEncoder.Load"/> reads.</summary>
/// <remarks>The layout is open_clip's; Hugging Face's for models that open_clip's config cannot express.</remarks>
/// <param name="Path">The folder.</param>
/// <param name="Step">Steps done.</param>
/// <param name="Metrics">What the last evaluation before it gave.</param>
public sealed record TrainingCheckpoint(string Path, long Step, IReadOnlyDictionary<string, double> Metrics)
{
    /// <summary>The folder, inside a checkpoint, of the model with averaged weights, where there is one.</summary>
    public const string AverageFolder = "average";

    /// <summary>Finds all complete checkpoints of a run.</summary>
    /// <param name="folder">The folder of <see cref="CheckpointOptions.Folder"/>; it need not exist.</param>
    /// <returns>The checkpoints, oldest step first.</returns>
    /// <exception cref="CheckpointException">One of them is broken.</exception>
    public static IReadOnlyList<TrainingCheckpoint> List(string folder)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        return [.. CheckpointFolders.Complete(folder).Select(Read)];
    }

    /// <summary>Finds the newest complete checkpoint of a run.</summary>
    /// <param name="folder">The folder of <see cref="CheckpointOptions.Folder"/>; it need not exist.</param>
    /// <returns>The checkpoint, or null where there is none.</returns>
    /// <exception cref="CheckpointException">It is broken; the message names the one before it. Others may be broken.</exception>
    public static TrainingCheckpoint? FindLatest(string folder)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        return CheckpointFolders.Complete(folder).LastOrDefault() is { } latest ? BrokenCheckpoint.Explain(latest, () => Read(latest)) : null;
    }

    /// <summary>Finds the checkpoint with the best value of a metric, among those that are not broken.</summary>
    /// <param name="folder">The folder of <see cref="CheckpointOptions.Folder"/>; it need not exist.</param>
    /// <param name="metric">The metric's name.</param>
    /// <param name="lowerIsBetter">Whether a lower value is better.</param>
    /// <returns>The checkpoint, the newest of equals; or null where none has the metric as a finite number.</returns>
    public static TrainingCheckpoint? FindBest(string folder, string metric, bool lowerIsBetter = false)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        ArgumentException.ThrowIfNullOrEmpty(metric);
        return Best(CheckpointFolders.Readable(folder), metric, lowerIsBetter);
    }

    internal static TrainingCheckpoint? Best(IEnumerable<TrainingCheckpoint> checkpoints, string metric, bool lowerIsBetter) =>
        checkpoints
            .Where(checkpoint => checkpoint.Metrics.TryGetValue(metric, out var value) && double.IsFinite(value))
            .OrderBy(checkpoint => lowerIsBetter ? -checkpoint.Metrics[metric] : checkpoint.Metrics[metric])
            .ThenBy(checkpoint => checkpoint.Step)
            .LastOrDefault();

    /// <summary>Reads what a checkpoint says of itself.</summary>
    /// <exception cref="CheckpointException">It is broken.</exception>
    internal static TrainingCheckpoint Read(string path)
    {
        var state = TrainerState.Read(path);
        return new TrainingCheckpoint(path, state.Step, state.Metrics);
    }

    /// <summary>Reads what a checkpoint says of itself; null where it is broken.</summary>
    internal static TrainingCheckpoint? TryRead(string path)
    {
        try
        {
            return Read(path);
        }
        catch (CheckpointException)
        {
            return null;
        }
    }
}
