using Clip.Checkpoints;

namespace Clip.Training.Checkpoints;

/// <summary>What to do about a checkpoint of one's own that cannot be read: there is nowhere to download it from.</summary>
internal static class BrokenCheckpoint
{
    /// <summary>Reads something of a checkpoint.</summary>
    /// <param name="folder">The checkpoint.</param>
    /// <param name="read">Reads it.</param>
    /// <exception cref="CheckpointException">It is broken; the message names the newest one before it that is not.</exception>
    public static T Explain<T>(string folder, Func<T> read)
    {
        try
        {
            return read();
        }
        catch (Exception e) when (e is IOException or InvalidDataException or UnauthorizedAccessException && IsCheckpoint(folder))
        {
            throw new CheckpointException(folder, $"is broken: {Problem(folder, e).TrimEnd('.')}. {Remedy(folder)}", e);
        }
    }

    // Without the remedy for files that came from elsewhere.
    private static string Problem(string folder, Exception e) => e switch
    {
        CheckpointException { CheckpointPath: var path } checkpoint when Path.GetRelativePath(folder, path) is not "." and var file => $"'{file}' {checkpoint.Problem}",
        CheckpointException checkpoint => $"it {checkpoint.Problem}",
        _ => e.Message,
    };

    private static bool IsCheckpoint(string folder) => File.Exists(Path.Combine(folder, TrainerState.FileName));

    private static string Remedy(string folder)
    {
        var (run, name) = (Path.GetDirectoryName(Path.GetFullPath(folder))!, Path.GetFileName(Path.TrimEndingDirectorySeparator(folder)));
        var before = CheckpointFolders.Complete(run).TakeWhile(path => Path.GetFileName(path) != name).Reverse().FirstOrDefault(IsWhole);
        return before is null
            ? $"There is no whole checkpoint before it in '{run}'."
            : $"The one before it, '{Path.GetFileName(before)}', can be read: to continue from there, move '{name}' out of '{run}' and resume.";
    }

    // As far as lengths and headers show it, which costs next to nothing.
    private static bool IsWhole(string folder)
    {
        try
        {
            TrainerState.Read(folder);
            foreach (var file in Directory.EnumerateFiles(folder, "*.safetensors", SearchOption.AllDirectories))
                Checkpoint.Open(file).Dispose();
            return true;
        }
        catch (Exception e) when (e is IOException or InvalidDataException or UnauthorizedAccessException)
        {
            return false;
        }
    }
}
