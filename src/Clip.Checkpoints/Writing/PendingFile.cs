namespace Clip.Checkpoints.Writing;

/// <summary>A file that is complete on disk under a temporary name, waiting to get its own.</summary>
internal sealed class PendingFile : IDisposable
{
    private readonly string _temporaryPath;
    private bool _isCommitted;

    private PendingFile(string path, string temporaryPath)
    {
        Path = path;
        _temporaryPath = temporaryPath;
    }

    /// <summary>The path it will have.</summary>
    public string Path { get; }

    /// <summary>Writes a whole file under a temporary name and makes sure that it is on the disk.</summary>
    /// <param name="path">The final path; the temporary file is in the same folder, so that renaming is atomic.</param>
    /// <param name="length">The bytes that will be written; reserved at once, so that a full disk shows before the work.</param>
    /// <param name="write">Writes them.</param>
    public static PendingFile Write(string path, long length, Action<FileAppender> write)
    {
        var folder = System.IO.Path.GetDirectoryName(path)!;
        var temporaryPath = System.IO.Path.Combine(folder, $".{Guid.NewGuid():N}.tmp");
        try
        {
            using var handle = File.OpenHandle(temporaryPath, FileMode.CreateNew, FileAccess.Write, FileShare.None, FileOptions.None, length);
            write(new FileAppender(handle));
            RandomAccess.FlushToDisk(handle);
            return new PendingFile(path, temporaryPath);
        }
        catch (Exception e) when (e is not DirectoryNotFoundException)
        {
            File.Delete(temporaryPath);
            throw;
        }
    }

    /// <summary>Gives the file its name, replacing the one that has it.</summary>
    public void Commit()
    {
        File.Move(_temporaryPath, Path, overwrite: true);
        _isCommitted = true;
    }

    /// <summary>Deletes the file unless it has its name.</summary>
    public void Dispose()
    {
        if (!_isCommitted)
            File.Delete(_temporaryPath);
    }
}
