using System.Buffers.Binary;
using System.Runtime.InteropServices;
using Clip.Shared;

namespace Clip.Cli.Files;

/// <summary>Bytes set aside on disk until all are known, so that memory holds none of them; deleted with the object.</summary>
internal sealed class Spool : IDisposable
{
    private readonly FileStream _file;

    /// <summary>Creates a spool beside a file that will take its bytes: there is room for both or for neither.</summary>
    /// <param name="outputPath">The path of that file.</param>
    /// <exception cref="FailureException">The folder does not exist or may not be written to.</exception>
    public Spool(string outputPath)
    {
        var path = AtomicFile.TemporaryPath(outputPath);
        var options = OperatingSystem.IsWindows() ? FileOptions.DeleteOnClose : FileOptions.None;
        _file = OutputFile.Open(outputPath, () => new FileStream(path, FileMode.CreateNew, FileAccess.ReadWrite, FileShare.None, 1 << 16, options));
        // Without a name it is gone with the process, however that ends.
        if (!OperatingSystem.IsWindows())
            File.Delete(path);
    }

    /// <summary>Bytes so far.</summary>
    public long Length => _file.Length;

    /// <summary>Appends bytes.</summary>
    public void Write(ReadOnlySpan<byte> bytes) => _file.Write(bytes);

    /// <summary>Appends elements, little-endian.</summary>
    public void Write(ReadOnlySpan<float> values) => WriteTo(_file, values);

    /// <summary>Copies all bytes.</summary>
    /// <param name="destination">Where to.</param>
    public void CopyTo(Stream destination)
    {
        _file.Position = 0;
        _file.CopyTo(destination, 1 << 20);
    }

    /// <summary>Appends all bytes to another spool.</summary>
    /// <param name="destination">That spool.</param>
    public void CopyTo(Spool destination) => CopyTo(destination._file);

    /// <inheritdoc/>
    public void Dispose()
    {
        try
        {
            _file.Dispose();
        }
        catch (IOException)
        {
            // What a full disk has no room for is of no use to anyone now.
        }
    }

    /// <summary>Writes elements to any stream, little-endian.</summary>
    public static void WriteTo(Stream stream, ReadOnlySpan<float> values)
    {
        if (BitConverter.IsLittleEndian)
        {
            stream.Write(MemoryMarshal.AsBytes(values));
            return;
        }
        Span<byte> bytes = stackalloc byte[sizeof(float)];
        foreach (var value in values)
        {
            BinaryPrimitives.WriteSingleLittleEndian(bytes, value);
            stream.Write(bytes);
        }
    }
}
