using Clip.Checkpoints.Safetensors;
using Clip.Checkpoints.Sharding;
using Clip.Checkpoints.Writing;
using Clip.Runtime;

namespace Clip.Checkpoints;

/// <summary>Writes tensors to safetensors files.</summary>
/// <remarks>
/// The same tensors and metadata always give the same bytes: inside a file, tensors lie by element size, widest first, then
/// by name. Source: the format description in huggingface/safetensors, README, "Format".
/// </remarks>
public static class SafetensorsFile
{
    /// <summary>Writes named tensors to one file, or to several files with an index.</summary>
    /// <remarks>
    /// <para>
    /// A write happens whole or not at all. Files are written under temporary names beside their final place, flushed to disk
    /// and renamed, the index last, so that a crash leaves either the old checkpoint or the new one. Shards of an older
    /// checkpoint are never overwritten, so the new ones get a number in their names where those are taken
    /// (<c>model.2-00001-of-00002.safetensors</c>); the older ones are deleted once the new index is in place.
    /// </para>
    /// <para>The values are written as they are, wherever the tensor lives, through a small buffer.</para>
    /// </remarks>
    /// <param name="path">
    /// The file to write, replaced if it exists. Shards and index are named after it as Hugging Face does:
    /// <c>model.safetensors</c> gives <c>model-00001-of-00002.safetensors</c> and <c>model.safetensors.index.json</c>.
    /// </param>
    /// <param name="tensors">
    /// The tensors by name, of any device and layout; dtype Float64, Float32, Float16, BFloat16, Int64, Int32, Int16, Int8, Byte or Bool.
    /// </param>
    /// <param name="metadata">Text for the header, or null. Readers of the Transformers library ask for "format" = "pt".</param>
    /// <param name="maxShardBytes">
    /// The most bytes of tensors in one file. More are split over shards, in the order of their names; a tensor that is
    /// larger by itself gets a shard of its own.
    /// </param>
    /// <returns>The full path to open: the file, or the index.</returns>
    /// <exception cref="ArgumentException">
    /// A name appears twice, is not valid text or is the reserved <c>__metadata__</c>; or a tensor has no memory of one of the
    /// dtypes above. Nothing is written.
    /// </exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="maxShardBytes"/> is not positive.</exception>
    /// <exception cref="IOException">The folder does not exist or the disk is full; what was there before is unchanged.</exception>
    public static string Write(
        string path,
        IEnumerable<KeyValuePair<string, Tensor>> tensors,
        IReadOnlyDictionary<string, string>? metadata = null,
        long maxShardBytes = long.MaxValue)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        ArgumentNullException.ThrowIfNull(tensors);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(maxShardBytes);
        TorchLibraries.EnsureLoaded();

        var fullPath = Path.GetFullPath(path);
        var named = NamedTensors.Check(tensors);
        metadata ??= new Dictionary<string, string>();
        NamedTensors.CheckMetadata(metadata);

        if (named.Sum(tensor => tensor.ByteLength) > maxShardBytes)
            return ShardedWriter.Write(fullPath, named, metadata, maxShardBytes);

        using var file = SafetensorsWriter.Write(fullPath, named, metadata);
        file.Commit();
        return fullPath;
    }
}
