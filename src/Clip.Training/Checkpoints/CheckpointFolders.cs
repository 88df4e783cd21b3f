using System.Globalization;
using Clip.Checkpoints;

namespace Clip.Training.Checkpoints;

/// <summary>The folders of a run's checkpoints: writing one whole or not at all, and deleting old ones.</summary>
/// <remarks>
/// What is being written or deleted has a temporary name, so that a folder with a checkpoint's name is complete at every
/// moment, also when the process is killed.
/// </remarks>
internal static class CheckpointFolders
{
    private const string Prefix = "step-";
    private const string TemporaryPrefix = ".step-";
    private const string TemporarySuffix = ".tmp";

    /// <summary>The folders of complete checkpoints, oldest step first.</summary>
    public static IEnumerable<string> Complete(string folder) => !Directory.Exists(folder)
        ? []
        : Directory.GetDirectories(folder, $"{Prefix}*")
            .Where(path => StepOf(path) is not null && File.Exists(Path.Combine(path, TrainerState.FileName)))
            .OrderBy(StepOf);

    /// <summary>Writes a checkpoint, replacing one of the same step, and deletes those that are not to be kept.</summary>
    /// <param name="options">Where, and how many are kept.</param>
    /// <param name="step">The step.</param>
    /// <param name="write">Writes the files into a folder.</param>
    /// <returns>The checkpoint's folder.</returns>
    public static string Write(CheckpointOptions options, long step, Action<string> write)
    {
        Directory.CreateDirectory(options.Folder);
        DeleteUnfinished(options.Folder);
        var temporary = TemporaryName(options.Folder);
        try
        {
            Directory.CreateDirectory(temporary);
            write(temporary);
            foreach (var file in options.CompanionFiles)
                File.Copy(file, Path.Combine(temporary, Path.GetFileName(file)));
        }
        catch
        {
            Directory.Delete(temporary, recursive: true);
            throw;
        }

        var path = Path.Combine(options.Folder, string.Create(CultureInfo.InvariantCulture, $"{Prefix}{step:D6}"));
        if (Directory.Exists(path))
            Delete(path);
        Directory.Move(temporary, path);
        Prune(options);
        return path;
    }

    private static void Prune(CheckpointOptions options)
    {
        // What cannot be read is not deleted, and does not stop a run either.
        var all = Complete(options.Folder).Select(TryRead).OfType<TrainingCheckpoint>().ToList();
        var best = options.BestMetric is { } metric ? TrainingCheckpoint.Best(all, metric, options.LowerIsBetter) : null;
        foreach (var checkpoint in all.SkipLast(options.Keep).Where(checkpoint => checkpoint != best))
            Delete(checkpoint.Path);
    }

    private static TrainingCheckpoint? TryRead(string path)
    {
        try
        {
            return TrainingCheckpoint.Read(path);
        }
        catch (CheckpointException)
        {
            return null;
        }
    }

    private static void Delete(string path)
    {
        var temporary = TemporaryName(Path.GetDirectoryName(path)!);
        Directory.Move(path, temporary);
        Directory.Delete(temporary, recursive: true);
    }

    // What a killed process left behind.
    private static void DeleteUnfinished(string folder)
    {
        foreach (var path in Directory.GetDirectories(folder, $"{TemporaryPrefix}*{TemporarySuffix}"))
            Directory.Delete(path, recursive: true);
    }

    private static string TemporaryName(string folder) => Path.Combine(folder, $"{TemporaryPrefix}{Guid.NewGuid():N}{TemporarySuffix}");

    private static long? StepOf(string path) =>
        long.TryParse(Path.GetFileName(path).AsSpan(Prefix.Length), NumberStyles.None, CultureInfo.InvariantCulture, out var step) ? step : null;
}
