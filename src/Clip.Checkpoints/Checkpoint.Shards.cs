using Clip.Checkpoints.Reading;
using Clip.Checkpoints.Sharding;

namespace Clip.Checkpoints;

public sealed partial class Checkpoint
{
    /// <summary>Reads which files an index divides a checkpoint into, without opening them.</summary>
    /// <param name="indexPath">The index, such as <c>model.safetensors.index.json</c>.</param>
    /// <returns>Plain file names in ordinal order; the files belong into the index's folder.</returns>
    /// <exception cref="ArgumentException"><paramref name="indexPath"/> is empty.</exception>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="CheckpointException">The file is no index, is damaged, or names a file outside its folder.</exception>
    public static IReadOnlyList<string> ReadShardNames(string indexPath)
    {
        ArgumentException.ThrowIfNullOrEmpty(indexPath);
        using var file = CheckpointFile.Open(System.IO.Path.GetFullPath(indexPath));
        return [.. ShardIndex.Read(file).Shards.Values.Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];
    }
}
