using System.Globalization;
using Clip.Checkpoints;

namespace Clip.Training.Checkpoints;

/// <summary>A complete checkpoint of a training run: a folder whose weights <see cref="Models.DualEncoder.Load"/> reads.</summary>
/// <remarks>The layout is open_clip's; Hugging Face's for models that open_clip's config cannot express.</remarks>
/// <param name="Path">The folder.</param>
/// <param name="Step">Steps done.</param>
/// <param name="Metrics">What the last evaluation before it gave.</param>
public sealed record TrainingCheckpoint(string Path, long Step, IReadOnlyDictionary<string, double> Metrics)
{
    private const string Prefix = "step-";
    private const string TemporaryPrefix = ".step-";
    private const string TemporarySuffix = ".tmp";

    /// <summary>The folder, inside a checkpoint, of the model with averaged weights, where there is one.</summary>
    public const string AverageFolder = "average";

    /// <summary>Finds all complete checkpoints of a run.</summary>
    /// <param name="folder">The folder of <see cref="CheckpointOptions.Folder"/>; it need not exist.</param>
    /// <returns>The checkpoints, oldest step first.</returns>
    /// <exception cref="CheckpointException">One of them is broken.</exception>
    public static IReadOnlyList<TrainingCheckpoint> List(string folder)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        if (!Directory.Exists(folder))
            return [];
        return [.. Directory.GetDirectories(folder, $"{Prefix}*")
            .Where(path => StepOf(path) is not null && File.Exists(System.IO.Path.Combine(path, TrainerState.FileName)))
            .Select(path => new TrainingCheckpoint(path, StepOf(path)!.Value, TrainerState.Read(path).Metrics))
            .OrderBy(checkpoint => checkpoint.Step)];
    }

    /// <summary>Finds the newest complete checkpoint of a run.</summary>
    /// <param name="folder">The folder of <see cref="CheckpointOptions.Folder"/>; it need not exist.</param>
    /// <returns>The checkpoint, or null where there is none.</returns>
    /// <exception cref="CheckpointException">One of them is broken.</exception>
    public static TrainingCheckpoint? FindLatest(string folder) => List(folder).LastOrDefault();

    /// <summary>Finds the checkpoint with the best value of a metric.</summary>
    /// <param name="folder">The folder of <see cref="CheckpointOptions.Folder"/>; it need not exist.</param>
    /// <param name="metric">The metric's name.</param>
    /// <param name="lowerIsBetter">Whether a lower value is better.</param>
    /// <returns>The checkpoint, the newest of equals; or null where none has the metric.</returns>
    /// <exception cref="CheckpointException">One of them is broken.</exception>
    public static TrainingCheckpoint? FindBest(string folder, string metric, bool lowerIsBetter = false)
    {
        ArgumentException.ThrowIfNullOrEmpty(metric);
        return List(folder)
            .Where(checkpoint => checkpoint.Metrics.TryGetValue(metric, out var value) && !double.IsNaN(value))
            .OrderBy(checkpoint => lowerIsBetter ? -checkpoint.Metrics[metric] : checkpoint.Metrics[metric])
            .ThenBy(checkpoint => checkpoint.Step)
            .LastOrDefault();
    }

    /// <summary>Writes a checkpoint: under a temporary name first, so that a folder with a checkpoint's name is always complete.</summary>
    internal static string Write(CheckpointOptions options, long step, Action<string> write)
    {
        Directory.CreateDirectory(options.Folder);
        DeleteUnfinished(options.Folder);
        var path = System.IO.Path.Combine(options.Folder, string.Create(CultureInfo.InvariantCulture, $"{Prefix}{step:D6}"));
        var temporary = TemporaryName(options.Folder);
        Directory.CreateDirectory(temporary);
        write(temporary);
        foreach (var file in options.CompanionFiles)
            File.Copy(file, System.IO.Path.Combine(temporary, System.IO.Path.GetFileName(file)));

        if (Directory.Exists(path))
        {
            var replaced = TemporaryName(options.Folder);
            Directory.Move(path, replaced);
            Directory.Move(temporary, path);
            Directory.Delete(replaced, recursive: true);
        }
        else
        {
            Directory.Move(temporary, path);
        }
        Prune(options);
        return path;
    }

    private static string TemporaryName(string folder) => System.IO.Path.Combine(folder, $"{TemporaryPrefix}{Guid.NewGuid():N}{TemporarySuffix}");

    // What a killed process left behind.
    private static void DeleteUnfinished(string folder)
    {
        foreach (var path in Directory.GetDirectories(folder, $"{TemporaryPrefix}*{TemporarySuffix}"))
            Directory.Delete(path, recursive: true);
    }

    private static void Prune(CheckpointOptions options)
    {
        var all = List(options.Folder);
        var best = options.BestMetric is { } metric ? FindBest(options.Folder, metric, options.LowerIsBetter) : null;
        foreach (var checkpoint in all.Take(Math.Max(0, all.Count - options.Keep)).Where(checkpoint => checkpoint.Path != best?.Path))
        {
            // Renamed first: a folder with a checkpoint's name is complete also while it is deleted.
            var temporary = TemporaryName(options.Folder);
            Directory.Move(checkpoint.Path, temporary);
            Directory.Delete(temporary, recursive: true);
        }
    }

    private static long? StepOf(string path) =>
        long.TryParse(System.IO.Path.GetFileName(path).AsSpan(Prefix.Length), NumberStyles.None, CultureInfo.InvariantCulture, out var step) ? step : null;
}
