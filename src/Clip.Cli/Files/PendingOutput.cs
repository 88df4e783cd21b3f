namespace Clip.Cli.Files;

/// <summary>A file that is written under a temporary name beside its own, and gets its own when it is complete.</summary>
internal sealed class PendingOutput : IDisposable
{
    private readonly string _path;
    private readonly string _temporaryPath;
    private bool _isCommitted;

    /// <summary>Creates the temporary file.</summary>
    /// <param name="path">The path it will have; a file there is replaced at the end.</param>
    /// <exception cref="FailureException">The folder does not exist or may not be written to.</exception>
    public PendingOutput(string path)
    {
        _path = Path.GetFullPath(path);
        _temporaryPath = TemporaryPath(_path);
        try
        {
            Stream = new FileStream(_temporaryPath, FileMode.CreateNew, FileAccess.ReadWrite, FileShare.None, 1 << 16);
        }
        catch (DirectoryNotFoundException e)
        {
            throw new FailureException($"'{_path}' cannot be written: there is no folder '{Path.GetDirectoryName(_path)}'.", e);
        }
        catch (UnauthorizedAccessException e)
        {
            throw new FailureException($"'{_path}' cannot be written: {e.Message}", e);
        }
    }

    /// <summary>What is written.</summary>
    public FileStream Stream { get; }

    /// <summary>A name that no other file has, in the same folder, so that renaming is atomic.</summary>
    public static string TemporaryPath(string path) => Path.Combine(Path.GetDirectoryName(path)!, $".{Guid.NewGuid():N}.tmp");

    /// <summary>Writes all to disk and gives the file its name.</summary>
    public void Commit()
    {
        Stream.Flush(flushToDisk: true);
        Stream.Dispose();
        File.Move(_temporaryPath, _path, overwrite: true);
        _isCommitted = true;
    }

    /// <summary>Deletes the file unless it has its name.</summary>
    public void Dispose()
    {
        Stream.Dispose();
        if (!_isCommitted)
            File.Delete(_temporaryPath);
    }
}
