using Clip.Models;

namespace Clip;

/// <summary>The files of a model on this machine.</summary>
/// <param name="Source">What the caller asked for.</param>
/// <param name="Path">The folder, or the file of weights.</param>
/// <param name="Revision">The commit of the Hub's repository; null for the caller's own files.</param>
/// <param name="Known">The model that was asked for by its name; null for other sources.</param>
internal sealed record LocalModel(string Source, string Path, string? Revision = null, KnownModel? Known = null)
{
    /// <summary>Finds config and weights.</summary>
    /// <remarks>A file that is the one its folder would be loaded from is loaded with the config beside it.</remarks>
    public CheckpointFolder FindFiles()
    {
        var files = CheckpointFolder.Find(System.IO.Path.GetFullPath(Path));
        if (files.Config is not null)
            return files;

        var folder = System.IO.Path.GetDirectoryName(files.Weights)!;
        if (!CheckpointFolder.KnownNames.Any(known => File.Exists(System.IO.Path.Combine(folder, known.Config))))
            return files;
        try
        {
            var around = CheckpointFolder.Find(folder);
            return around.Weights == files.Weights ? around : files;
        }
        catch (Checkpoints.CheckpointException)
        {
            return files;
        }
    }
}
