using System.Collections.ObjectModel;
using Clip.Checkpoints.Reading;
using Clip.Runtime;

namespace Clip.Checkpoints;

/// <summary>Named tensors in a file: safetensors, PyTorch (zip, legacy, TorchScript), or an index of several such files.</summary>
/// <remarks>
/// <para>
/// Opening reads names, dtypes and shapes; a tensor's bytes are read when it is asked for, straight to where they are
/// wanted. Nothing in a file is ever executed or written to disk.
/// </para>
/// <para>
/// Reads of different tensors may run on several threads at once. Disposing closes the files; tensors that were read live on.
/// </para>
/// </remarks>
public sealed partial class Checkpoint : IDisposable
{
    private readonly CheckpointContents _contents;
    private readonly OrderedDictionary<string, StoredTensor> _stored;

    private Checkpoint(string path, CheckpointContents contents)
    {
        Path = path;
        _contents = contents;
        _stored = new(contents.Tensors.Select(tensor => KeyValuePair.Create(tensor.Info.Name, tensor)), StringComparer.Ordinal);
        var infos = contents.Tensors.Select(tensor => KeyValuePair.Create(tensor.Info.Name, tensor.Info));
        Tensors = new ReadOnlyDictionary<string, TensorInfo>(new OrderedDictionary<string, TensorInfo>(infos, StringComparer.Ordinal));
        Metadata = new ReadOnlyDictionary<string, string>(contents.Metadata);
    }

    /// <summary>The full path that was opened.</summary>
    public string Path { get; }

    /// <summary>How the checkpoint is stored.</summary>
    public CheckpointFormat Format => _contents.Format;

    /// <summary>The tensors by name, enumerated in the order in which the file lists them.</summary>
    public IReadOnlyDictionary<string, TensorInfo> Tensors { get; }

    /// <summary>
    /// What a safetensors header or an index keeps under its metadata, or the values of a pickle that are not tensors
    /// (<c>epoch</c> is "7"). Numbers are written in the invariant culture.
    /// </summary>
    public IReadOnlyDictionary<string, string> Metadata { get; }

    /// <summary>Opens a checkpoint and reads its names, dtypes and shapes.</summary>
    /// <param name="path">
    /// A safetensors or PyTorch file, or an index such as <c>model.safetensors.index.json</c>. The content decides, not the name.
    /// </param>
    /// <exception cref="ArgumentException"><paramref name="path"/> is empty.</exception>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="UnauthorizedAccessException">The file may not be read.</exception>
    /// <exception cref="CheckpointException">The path is a folder, or the file is damaged or not a checkpoint this library reads.</exception>
    public static Checkpoint Open(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        var fullPath = System.IO.Path.GetFullPath(path);
        return new Checkpoint(fullPath, CheckpointReader.Read(fullPath));
    }

    /// <summary>Reads one tensor into fresh, contiguous CPU memory.</summary>
    /// <param name="name">A key of <see cref="Tensors"/>.</param>
    /// <param name="dtype">
    /// The dtype to read it in, converted while reading as <c>Tensor.to</c> does; null for <see cref="TensorInfo.DType"/>.
    /// </param>
    /// <returns>A tensor of the recorded shape, on the caller's dispose scope if there is one.</returns>
    /// <exception cref="ArgumentException">The checkpoint has no tensor of this name.</exception>
    /// <exception cref="ObjectDisposedException">The checkpoint was disposed.</exception>
    /// <exception cref="CheckpointException">The tensor's bytes are missing or damaged.</exception>
    public Tensor ReadTensor(string name, ScalarType? dtype = null)
    {
        var stored = Find(name);
        TorchLibraries.EnsureLoaded();

        var tensor = empty([.. stored.Info.Shape], dtype ?? stored.Info.DType, CPU);
        try
        {
            TensorCopy.Copy(stored, tensor);
            return tensor;
        }
        catch
        {
            tensor.Dispose();
            throw;
        }
    }

    /// <summary>Reads one tensor into memory that exists already.</summary>
    /// <param name="name">A key of <see cref="Tensors"/>.</param>
    /// <param name="destination">
    /// Where to write it: any dtype, any device, also a view such as some rows of a larger tensor or a parameter of a
    /// model. When the read fails, its values are undefined.
    /// </param>
    /// <exception cref="ArgumentException">
    /// The checkpoint has no tensor of this name, or its shape is not the destination's.
    /// </exception>
    /// <exception cref="ObjectDisposedException">The checkpoint was disposed.</exception>
    /// <exception cref="CheckpointException">The tensor's bytes are missing or damaged.</exception>
    public void CopyTo(string name, Tensor destination)
    {
        ArgumentNullException.ThrowIfNull(destination);
        var stored = Find(name);
        TorchLibraries.EnsureLoaded();

        var shape = destination.shape;
        if (!stored.Info.Shape.SequenceEqual(shape))
        {
            throw new ArgumentException(
                $"'{name}' has shape [{string.Join(", ", stored.Info.Shape)}] in '{Path}', "
                + $"but the destination has shape [{string.Join(", ", shape)}].",
                nameof(destination));
        }
        TensorCopy.Copy(stored, destination);
    }

    /// <summary>Closes the files.</summary>
    public void Dispose()
    {
        foreach (var file in _contents.Files)
            file.Dispose();
    }

    private StoredTensor Find(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        return _stored.TryGetValue(name, out var stored)
            ? stored
            : throw new ArgumentException($"'{Path}' has no tensor named '{name}' among its {_stored.Count}.", nameof(name));
    }
}
