using Clip.Shared;
using Microsoft.Win32.SafeHandles;

namespace Clip.Checkpoints.Reading;

/// <summary>An open file that is read at given positions, from any thread.</summary>
internal sealed class CheckpointFile : IDisposable
{
    private readonly SafeFileHandle _handle;

    private CheckpointFile(string path, SafeFileHandle handle, long length)
    {
        Path = path;
        _handle = handle;
        Length = length;
    }

    /// <summary>The full path.</summary>
    public string Path { get; }

    /// <summary>Bytes in the file when it was opened; every size a file claims is compared with this.</summary>
    public long Length { get; }

    /// <summary>Opens a file for reading.</summary>
    public static CheckpointFile Open(string path)
    {
        if (Directory.Exists(path))
            throw new CheckpointException(path, $"is a folder. {FolderHint(path)}");
        if (!File.Exists(path))
        {
            throw new FileNotFoundException(
                $"There is no file '{path}'. Expected a safetensors file, a PyTorch file, or the *.index.json of a sharded checkpoint.", path);
        }

        if (RegularFile.FindProblem(path) is { } problem)
            throw new CheckpointException(path, problem);

        // Others may rename or delete the file, which leaves the open one as it is, but not write into it.
        var handle = File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete);
        try
        {
            return new CheckpointFile(path, handle, RandomAccess.GetLength(handle));
        }
        catch (NotSupportedException e)
        {
            handle.Dispose();
            throw new CheckpointException(path, "cannot be read at a position; a checkpoint has to be an ordinary file.", e);
        }
    }

    /// <summary>Fills a buffer from a position.</summary>
    /// <exception cref="CheckpointException">The file ends before the buffer is full.</exception>
    public void Read(Span<byte> buffer, long position)
    {
        while (!buffer.IsEmpty)
        {
            var read = RandomAccess.Read(_handle, buffer, position);
            if (read == 0)
                throw Error($"ends at byte {position:N0}, {buffer.Length:N0} bytes too early.", "It is cut off; download or copy it again.");
            buffer = buffer[read..];
            position += read;
        }
    }

    /// <summary>The error that says what is wrong with this file.</summary>
    public CheckpointException Error(string problem, Exception? inner = null) => new(Path, problem, inner);

    /// <summary>The error that says what is wrong with this file, and what helps if it came from elsewhere.</summary>
    public CheckpointException Error(string problem, string remedy) => new(Path, problem, remedy, null);

    /// <inheritdoc/>
    public void Dispose() => _handle.Dispose();

    private static string FolderHint(string folder)
    {
        string[] usual = ["model.safetensors", "model.safetensors.index.json", "open_clip_model.safetensors",
            "pytorch_model.bin", "pytorch_model.bin.index.json"];
        return usual.FirstOrDefault(name => File.Exists(System.IO.Path.Combine(folder, name))) is { } found
            ? $"Name the file in it: '{found}'."
            : "Name the checkpoint file in it.";
    }
}
