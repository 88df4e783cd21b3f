using System.Text.Json;
using Clip.Checkpoints;
using Clip.Cli.Files;
using Clip.Shared;

namespace Clip.Cli.Search;

/// <summary>The embeddings of a folder's pictures, as they are in memory.</summary>
/// <param name="Entries">The pictures.</param>
/// <param name="Rows">Their embeddings, of unit length.</param>
internal sealed record ImageIndex(IReadOnlyList<IndexEntry> Entries, IReadOnlyList<float[]> Rows)
{
    private const string EntriesKey = "entries";
    private const string BindingKey = "binding";
    private const string TensorName = "images";

    /// <summary>An index of nothing.</summary>
    public static ImageIndex Empty { get; } = new([], []);

    /// <summary>Reads an index that was made by the same weights and preprocessing.</summary>
    /// <param name="path">The file.</param>
    /// <param name="binding">What the embeddings depend on.</param>
    /// <param name="embeddingSize">Numbers in a row.</param>
    /// <param name="problem">Why there is nothing to reuse; null where there is no file yet.</param>
    public static ImageIndex Read(string path, string binding, int embeddingSize, out string? problem)
    {
        problem = null;
        if (!File.Exists(path))
            return Empty;
        try
        {
            using var file = Checkpoint.Open(path);
            if (file.Metadata.GetValueOrDefault(BindingKey) != binding)
            {
                problem = "it belongs to another model";
                return Empty;
            }
            var entries = JsonSerializer.Deserialize(file.Metadata.GetValueOrDefault(EntriesKey, ""), IndexJson.Readable.ListIndexEntry) ?? [];
            if (!file.Tensors.TryGetValue(TensorName, out var rows) || !rows.Shape.SequenceEqual([entries.Count, embeddingSize]) || rows.DType != ScalarType.Float32)
            {
                problem = "its pictures and rows do not fit together";
                return Empty;
            }
            using var tensor = file.ReadTensor(TensorName);
            return new ImageIndex(entries, TensorRows.ToArrays(tensor));
        }
        catch (Exception e) when (e is CheckpointException or JsonException)
        {
            problem = e.Message;
            return Empty;
        }
    }

    /// <summary>Writes the index; a crash leaves the old file or the new one.</summary>
    /// <param name="path">The file.</param>
    /// <param name="binding">What the embeddings depend on.</param>
    /// <param name="embeddingSize">Numbers in a row.</param>
    public void Write(string path, string binding, int embeddingSize)
    {
        using var assembly = new SafetensorsAssembly(path);
        using var values = new Spool(path);
        assembly.AddMetadata(BindingKey, binding);
        assembly.AddMetadata(EntriesKey, JsonSerializer.Serialize([.. Entries], IndexJson.Readable.ListIndexEntry));
        assembly.AddTensor(TensorName, Rows.Count, embeddingSize);
        foreach (var row in Rows)
            values.Write(row);
        assembly.AddData(values);
        assembly.Commit();
    }
}
