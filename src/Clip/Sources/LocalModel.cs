using Clip.Models;

namespace Clip;

/// <summary>The files of a model on this machine.</summary>
/// <param name="Source">What the caller asked for.</param>
/// <param name="Path">The folder, or the file of weights.</param>
/// <param name="Revision">The commit of the Hub's repository; null for the caller's own files.</param>
/// <param name="Known">The published model, where the name or the repository is one's; null for other sources.</param>
internal sealed record LocalModel(string Source, string Path, string? Revision = null, KnownModel? Known = null)
{
    /// <summary>The size of images, where the name stands for another than the repository's config has; else null.</summary>
    /// <remarks>A repository can serve several names of the table.</remarks>
    public ImageSize? NamedResolution =>
        Known is not null && ModelCatalog.FindByRepository(Known.Repository) is { } owner && owner.Resolution != Known.Resolution ? Known.Resolution : null;

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
