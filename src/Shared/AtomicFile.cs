using System.Text;

namespace Clip.Shared;

/// <summary>A file that is written under a temporary name beside its own, and gets its own when it is complete and on the disk.</summary>
/// <remarks>Whatever fails, and whenever, what is left is the old file or the new one, and nothing beside it.</remarks>
internal sealed class AtomicFile : IDisposable
{
    private const int DefaultBuffer = 1 << 16;

    private readonly string _temporaryPath;
    private bool _isClosed;
    private bool _isCommitted;

    /// <summary>Creates the temporary file.</summary>
    /// <param name="path">The path that the file will have; a file there is replaced at the end.</param>
    /// <param name="length">The bytes that will be written, reserved at once, so that a full disk shows before the work; 0 where they are not known.</param>
    /// <param name="bufferSize">Bytes that small writes are gathered in; 0 for large ones.</param>
    /// <exception cref="IOException">The folder is missing, or there is no room.</exception>
    /// <exception cref="UnauthorizedAccessException">The folder may not be written to.</exception>
    public AtomicFile(string path, long length = 0, int bufferSize = DefaultBuffer)
        : this(path, temporary => new FileStream(temporary, Options(length, bufferSize)))
    {
    }

    /// <summary>Creates the temporary file in a way of the caller's.</summary>
    internal AtomicFile(string path, Func<string, FileStream> create)
    {
        Path = System.IO.Path.GetFullPath(path);
        _temporaryPath = TemporaryPath(Path);
        try
        {
            Stream = create(_temporaryPath);
        }
        catch
        {
            TryDelete(_temporaryPath);
            throw;
        }
    }

    /// <summary>The full path that the file will have.</summary>
    public string Path { get; }

    /// <summary>What is written.</summary>
    public FileStream Stream { get; }

    /// <summary>A name that no other file has, in the same folder, so that renaming is one step.</summary>
    /// <param name="path">The path of the file.</param>
    public static string TemporaryPath(string path) => System.IO.Path.Combine(
        System.IO.Path.GetDirectoryName(System.IO.Path.GetFullPath(path)) ?? "", $".{Guid.NewGuid():N}.tmp");

    /// <summary>Writes a whole file.</summary>
    /// <param name="path">Its path.</param>
    /// <param name="write">Writes its bytes.</param>
    public static void Write(string path, Action<Stream> write)
    {
        using var file = new AtomicFile(path);
        write(file.Stream);
        file.Commit();
    }

    /// <summary>Writes a whole file of UTF-8 without a byte order mark.</summary>
    /// <param name="path">Its path.</param>
    /// <param name="text">Its text.</param>
    public static void WriteText(string path, string text) => Write(path, stream => stream.Write(Encoding.UTF8.GetBytes(text)));

    /// <summary>Makes what is not written through a stream, such as a copy or a link.</summary>
    /// <param name="path">Its path.</param>
    /// <param name="make">Makes it under the name that it is given.</param>
    public static void Replace(string path, Action<string> make)
    {
        var temporary = TemporaryPath(path);
        try
        {
            make(temporary);
            if (new FileInfo(temporary).LinkTarget is null)
                FlushToDisk(temporary);
            File.Move(temporary, path, overwrite: true);
        }
        catch
        {
            TryDelete(temporary);
            throw;
        }
    }

    /// <summary>Makes sure that a file that someone else wrote is on the disk.</summary>
    /// <param name="path">Its path.</param>
    public static void FlushToDisk(string path)
    {
        // A copy is as read-only as its original, which Unix does not mind here.
        if (OperatingSystem.IsWindows() && File.GetAttributes(path).HasFlag(FileAttributes.ReadOnly))
            return;
        using var handle = File.OpenHandle(path, FileMode.Open, OperatingSystem.IsWindows() ? FileAccess.ReadWrite : FileAccess.Read, FileShare.ReadWrite);
        RandomAccess.FlushToDisk(handle);
    }

    /// <summary>Writes all to the disk and closes the file, which keeps its temporary name.</summary>
    public void Complete()
    {
        if (_isClosed)
            return;
        Stream.Flush(flushToDisk: true);
        Stream.Dispose();
        _isClosed = true;
    }

    /// <summary>Writes all to the disk and gives the file its name.</summary>
    public void Commit()
    {
        Complete();
        File.Move(_temporaryPath, Path, overwrite: true);
        _isCommitted = true;
    }

    /// <summary>Deletes the file unless it has its name.</summary>
    public void Dispose()
    {
        if (_isCommitted)
            return;
        try
        {
            Stream.Dispose();
        }
        catch (IOException)
        {
            // Closing writes what is still in the buffer, for which a full disk has no room either; nobody needs it any more.
        }
        finally
        {
            TryDelete(_temporaryPath);
        }
    }

    private static FileStreamOptions Options(long length, int bufferSize) => new()
    {
        Mode = FileMode.CreateNew,
        Access = FileAccess.ReadWrite,
        Share = FileShare.None,
        BufferSize = bufferSize,
        PreallocationSize = length,
    };

    // Where deleting fails as well, the first failure is the one to tell.
    private static void TryDelete(string path)
    {
        try
        {
            File.Delete(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
        }
    }
}
