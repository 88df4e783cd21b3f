using Clip.Shared;

namespace Clip.Checkpoints.Writing;

/// <summary>Bytes set aside on disk until all are known, so that memory holds none of them; deleted with the object.</summary>
internal sealed class Spool : IDisposable
{
    /// <summary>Creates a spool beside a file that will take its bytes: there is room for both or for neither.</summary>
    /// <param name="outputPath">The path of that file.</param>
    /// <exception cref="IOException">The folder does not exist.</exception>
    /// <exception cref="UnauthorizedAccessException">The folder may not be written to.</exception>
    public Spool(string outputPath)
    {
        var path = AtomicFile.TemporaryPath(outputPath);
        var options = OperatingSystem.IsWindows() ? FileOptions.DeleteOnClose : FileOptions.None;
        Stream = new FileStream(path, FileMode.CreateNew, FileAccess.ReadWrite, FileShare.None, 1 << 16, options);
        // Without a name it is gone with the process, however that ends.
        if (!OperatingSystem.IsWindows())
            File.Delete(path);
    }

    /// <summary>The bytes, to be written at the end.</summary>
    public FileStream Stream { get; }

    /// <summary>Bytes so far.</summary>
    public long Length => Stream.Length;

    /// <summary>The bytes, to be read from the beginning.</summary>
    public Stream Rewind()
    {
        Stream.Position = 0;
        return Stream;
    }

    /// <summary>Copies all bytes.</summary>
    /// <param name="destination">Where to.</param>
    public void CopyTo(Stream destination) => Rewind().CopyTo(destination, 1 << 20);

    /// <inheritdoc/>
    public void Dispose()
    {
        try
        {
            Stream.Dispose();
        }
        catch (IOException)
        {
            // What a full disk has no room for is of no use to anyone now.
        }
    }
}
