using System.Text.Encodings.Web;
using System.Text.Json;
using Clip.Checkpoints.Reading;
using Clip.Checkpoints.Safetensors;
using Clip.Checkpoints.Writing;
using Clip.Shared;

namespace Clip.Checkpoints.Sharding;

/// <summary>Writes a checkpoint as several safetensors files and an index.</summary>
/// <remarks>
/// The index is what makes shards a checkpoint, and renaming it is the one step that replaces the old checkpoint by the new.
/// That needs new shards to have names of their own, because two renames are never one step.
/// </remarks>
internal static class ShardedWriter
{
    private const string Ending = ".safetensors";
    private const string IndexEnding = ".index.json";

    /// <summary>Writes shards and index.</summary>
    /// <returns>The index's path.</returns>
    public static string Write(
        string path, IReadOnlyList<NamedTensor> tensors, IReadOnlyDictionary<string, string> metadata, long maxShardBytes)
    {
        var stem = path.EndsWith(Ending, StringComparison.OrdinalIgnoreCase) ? path[..^Ending.Length] : path;
        var indexPath = stem + Ending + IndexEnding;
        var shards = Split(tensors, maxShardBytes);
        var shardPaths = FreePaths(stem, shards.Count);
        var replaced = ReplacedFiles(path, stem, indexPath);

        var pending = new List<AtomicFile>();
        try
        {
            for (var i = 0; i < shards.Count; i++)
                pending.Add(SafetensorsWriter.Write(shardPaths[i], shards[i], metadata));
            var index = Index(shards, shardPaths, metadata);
            pending.Add(new AtomicFile(indexPath, index.Length));
            pending[^1].Stream.Write(index);
            pending[^1].Complete();
            pending.ForEach(file => file.Commit());
        }
        catch
        {
            // The index came last, so none of the new shards is in use.
            shardPaths.ForEach(File.Delete);
            throw;
        }
        finally
        {
            pending.ForEach(file => file.Dispose());
        }

        replaced.ForEach(File.Delete);
        return indexPath;
    }

    private static List<List<NamedTensor>> Split(IReadOnlyList<NamedTensor> tensors, long maxShardBytes)
    {
        var shards = new List<List<NamedTensor>>();
        var room = 0L;
        foreach (var tensor in tensors)
        {
            if (shards.Count == 0 || tensor.ByteLength > room)
            {
                shards.Add([]);
                room = maxShardBytes;
            }
            shards[^1].Add(tensor);
            room -= tensor.ByteLength;
        }
        return shards;
    }

    private static List<string> FreePaths(string stem, int count)
    {
        for (var attempt = 1; ; attempt++)
        {
            var prefix = attempt == 1 ? stem : $"{stem}.{attempt}";
            var paths = Enumerable.Range(1, count).Select(i => $"{prefix}-{i:D5}-of-{count:D5}{Ending}").ToList();
            if (!paths.Exists(Path.Exists))
                return paths;
        }
    }

    // What the new checkpoint replaces: the single file of its name, and the shards of the index of its name.
    private static List<string> ReplacedFiles(string path, string stem, string indexPath)
    {
        var replaced = new List<string>();
        if (File.Exists(path))
            replaced.Add(path);
        if (!File.Exists(indexPath))
            return replaced;

        try
        {
            using var file = CheckpointFile.Open(indexPath);
            var prefix = Path.GetFileName(stem);
            replaced.AddRange(ShardIndex.Read(file).Shards.Values.Distinct(StringComparer.Ordinal)
                .Where(name => name.StartsWith(prefix, StringComparison.Ordinal) && name.EndsWith(Ending, StringComparison.Ordinal) && name.Contains("-of-", StringComparison.Ordinal))
                .Select(name => Path.Combine(Path.GetDirectoryName(indexPath)!, name)));
        }
        catch (CheckpointException)
        {
            // Not an index of anything: it is replaced, and there is nothing to clear away.
        }
        return replaced;
    }

    private static byte[] Index(
        List<List<NamedTensor>> shards, List<string> shardPaths, IReadOnlyDictionary<string, string> metadata)
    {
        using var text = new MemoryStream();
        var options = new JsonWriterOptions { Indented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
        using (var json = new Utf8JsonWriter(text, options))
        {
            const string TotalSize = "total_size";
            json.WriteStartObject();
            json.WriteStartObject("metadata");
            json.WriteNumber(TotalSize, shards.Sum(shard => shard.Sum(tensor => tensor.ByteLength)));
            foreach (var (key, value) in metadata.Where(pair => pair.Key != TotalSize).OrderBy(pair => pair.Key, StringComparer.Ordinal))
                json.WriteString(key, value);
            json.WriteEndObject();

            json.WriteStartObject("weight_map");
            for (var i = 0; i < shards.Count; i++)
                shards[i].ForEach(tensor => json.WriteString(tensor.Name, Path.GetFileName(shardPaths[i])));
            json.WriteEndObject();
            json.WriteEndObject();
        }
        return text.ToArray();
    }
}
