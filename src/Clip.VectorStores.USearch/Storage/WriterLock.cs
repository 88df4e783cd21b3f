namespace Clip.VectorStores.USearch.Storage;

/// <summary>The right to write to a collection, which one process has at a time. The system takes it back when a process ends, however it does.</summary>
internal sealed class WriterLock : IDisposable
{
    /// <summary>The file's name.</summary>
    public const string FileName = "writer.lock";

    private readonly FileStream _file;

    /// <summary>Takes the right.</summary>
    /// <param name="folder">The collection's folder.</param>
    /// <exception cref="IOException">Someone has it.</exception>
    public WriterLock(string folder)
    {
        try
        {
            _file = new FileStream(Path.Combine(folder, FileName), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, 1);
        }
        catch (IOException e) when (e is not (DirectoryNotFoundException or FileNotFoundException or PathTooLongException))
        {
            throw new IOException("Another store writes to the collection. One store has one writer; dispose of the other first.", e);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _file.Dispose();
}
