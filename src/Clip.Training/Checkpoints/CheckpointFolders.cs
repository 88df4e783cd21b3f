using System.Globalization;
using Clip.Checkpoints;
using Clip.Shared;

namespace Clip.Training.Checkpoints;

/// <summary>The folders of a run's checkpoints: writing one whole or not at all, and deleting old ones.</summary>
/// <remarks>
/// What is being written or deleted has a temporary name, so that a folder with a checkpoint's name is complete at every
/// moment, also when the process is killed. A checkpoint that is replaced is set aside under a name that says its step until the new one has
/// its name: there is one of that step at every moment.
/// </remarks>
internal static class CheckpointFolders
{
    private const string Prefix = "step-";
    private const string TemporaryPrefix = ".step-";
    private const string TemporarySuffix = ".tmp";
    private const string ReplacedSuffix = ".old";

    /// <summary>The folders of complete checkpoints, oldest step first.</summary>
    public static IEnumerable<string> Complete(string folder) => !Directory.Exists(folder)
        ? []
        : Directory.GetDirectories(folder, $"{Prefix}*")
            .Concat(SetAside(folder).Where(path => !Directory.Exists(PathOf(folder, StepOf(path)!.Value))))
            .Where(path => StepOf(path) is not null && File.Exists(Path.Combine(path, TrainerState.FileName)))
            .OrderBy(StepOf);

    /// <summary>Those of them that say what they are, oldest step first: a broken one does not stop the use of others.</summary>
    public static IEnumerable<TrainingCheckpoint> Readable(string folder) =>
        Complete(folder).Select(TrainingCheckpoint.TryRead).OfType<TrainingCheckpoint>();

    /// <summary>Writes a checkpoint, replacing one of the same step, and deletes those that are not to be kept.</summary>
    /// <param name="options">Where, and how many are kept.</param>
    /// <param name="step">The step.</param>
    /// <param name="write">Writes the files into a folder.</param>
    /// <returns>The checkpoint's folder.</returns>
    public static string Write(CheckpointOptions options, long step, Action<string> write)
    {
        Directory.CreateDirectory(options.Folder);
        CleanUp(options.Folder);
        var temporary = TemporaryName(options.Folder);
        try
        {
            Directory.CreateDirectory(temporary);
            write(temporary);
            foreach (var file in options.CompanionFiles)
                AtomicFile.Replace(Path.Combine(temporary, Path.GetFileName(file)), copy => File.Copy(file, copy));
        }
        catch
        {
            DeleteIfThere(temporary);
            throw;
        }

        var path = PathOf(options.Folder, step);
        Replace(path, temporary);
        Prune(options);
        return path;
    }

    // Killed at any point, this leaves the old checkpoint, the new one, or the new one beside the old one that was set aside.
    private static void Replace(string path, string replacement)
    {
        if (!Directory.Exists(path))
        {
            Directory.Move(replacement, path);
            return;
        }
        var old = Path.Combine(Path.GetDirectoryName(path)!, $".{Path.GetFileName(path)}{ReplacedSuffix}");
        Directory.Move(path, old);
        try
        {
            Directory.Move(replacement, path);
        }
        catch
        {
            Directory.Move(old, path);
            DeleteIfThere(replacement);
            throw;
        }
        Delete(old);
    }

    private static void Prune(CheckpointOptions options)
    {
        // What cannot be read is not deleted, and does not stop a run either.
        var all = Readable(options.Folder).ToList();
        var best = options.BestMetric is { } metric ? TrainingCheckpoint.Best(all, metric, options.LowerIsBetter) : null;
        foreach (var checkpoint in all.SkipLast(options.Keep).Where(checkpoint => checkpoint != best))
            Delete(checkpoint.Path);
    }

    private static void Delete(string path)
    {
        var temporary = TemporaryName(Path.GetDirectoryName(path)!);
        Directory.Move(path, temporary);
        Directory.Delete(temporary, recursive: true);
    }

    // What a killed process left behind.
    private static void CleanUp(string folder)
    {
        foreach (var old in SetAside(folder))
        {
            var path = PathOf(folder, StepOf(old)!.Value);
            if (Directory.Exists(path))
                Delete(old);
            else
                Directory.Move(old, path);
        }
        foreach (var path in Directory.GetDirectories(folder, $"{TemporaryPrefix}*{TemporarySuffix}"))
            Directory.Delete(path, recursive: true);
    }

    private static void DeleteIfThere(string path)
    {
        if (Directory.Exists(path))
            Directory.Delete(path, recursive: true);
    }

    // Checkpoints that were about to be replaced.
    private static IEnumerable<string> SetAside(string folder) =>
        Directory.GetDirectories(folder, $"{TemporaryPrefix}*{ReplacedSuffix}").Where(path => StepOf(path) is not null);

    /// <summary>The folder of the checkpoint of a step.</summary>
    public static string PathOf(string folder, long step) => Path.Combine(folder, string.Create(CultureInfo.InvariantCulture, $"{Prefix}{step:D6}"));

    private static string TemporaryName(string folder) => Path.Combine(folder, $"{TemporaryPrefix}{Guid.NewGuid():N}{TemporarySuffix}");

    // Of a checkpoint, and of one that was set aside.
    private static long? StepOf(string path)
    {
        var name = Path.GetFileName(path.AsSpan());
        if (name.StartsWith(TemporaryPrefix, StringComparison.Ordinal) && name.EndsWith(ReplacedSuffix, StringComparison.Ordinal))
            name = name[1..^ReplacedSuffix.Length];
        return long.TryParse(name[Prefix.Length..], NumberStyles.None, CultureInfo.InvariantCulture, out var step) ? step : null;
    }
}
