using Clip.Checkpoints.Reading;

namespace Clip.Checkpoints.Sharding;

/// <summary>Opens the shards an index names and compares both in full.</summary>
/// <remarks>
/// Every shard is opened and its header checked at once, and stays open, so that what was checked is what is read. A tensor
/// that only the index or only a shard knows is an error: the files are then not of one set.
/// </remarks>
internal static class ShardedReader
{
    /// <summary>Reads an index and the headers of its shards.</summary>
    public static CheckpointContents Read(CheckpointFile indexFile)
    {
        var index = ShardIndex.Read(indexFile);
        var folder = Path.GetDirectoryName(indexFile.Path)!;
        var files = new List<CheckpointFile>();
        try
        {
            var found = new Dictionary<string, StoredTensor>(StringComparer.Ordinal);
            foreach (var shard in index.Shards.Values.Distinct(StringComparer.Ordinal))
            {
                var contents = OpenShard(indexFile, folder, shard);
                files.AddRange(contents.Files);
                foreach (var tensor in contents.Tensors)
                {
                    CheckListed(indexFile, index, shard, tensor.Info.Name);
                    found.Add(tensor.Info.Name, tensor);
                }
            }

            var tensors = index.Shards
                .Select(pair => found.GetValueOrDefault(pair.Key)
                    ?? throw indexFile.Error($"lists tensor {Text.Quote(pair.Key)} in {Text.Quote(pair.Value)}, but that shard does not have it."))
                .ToList();
            return new CheckpointContents(CheckpointFormat.Sharded, tensors, index.Metadata, files);
        }
        catch
        {
            files.ForEach(file => file.Dispose());
            throw;
        }
    }

    private static CheckpointContents OpenShard(CheckpointFile indexFile, string folder, string shard)
    {
        try
        {
            return CheckpointReader.ReadShard(Path.Combine(folder, shard));
        }
        catch (FileNotFoundException e)
        {
            throw indexFile.Error($"names the shard {Text.Quote(shard)}, which is not in its folder. Download the missing file.", e);
        }
    }

    private static void CheckListed(CheckpointFile indexFile, ShardIndex index, string shard, string tensor)
    {
        if (!index.Shards.TryGetValue(tensor, out var listed))
            throw indexFile.Error($"does not list tensor {Text.Quote(tensor)} of shard {Text.Quote(shard)}; index and shards are not of one set.");
        if (listed != shard)
            throw indexFile.Error($"lists tensor {Text.Quote(tensor)} in {Text.Quote(listed)}, but {Text.Quote(shard)} has it too.");
    }
}
