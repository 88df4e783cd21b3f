using System.Text.Json;
using Clip.Checkpoints;
using Clip.Cli.Files;
using Clip.Shared;

namespace Clip.Cli.Search;

/// <summary>The embeddings of a folder's images, as they are in memory.</summary>
/// <param name="Entries">The images.</param>
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
    /// <param name="embeddingSize">Elements of a row.</param>
    /// <param name="problem">Why there is nothing to reuse; null where there is no file yet.</param>
    public static ImageIndex Read(string path, string binding, int embeddingSize, out string? problem)
    {
        problem = null;
        if (!File.Exists(path))
            return Empty;
        // What is no file is not an index that may be replaced.
        if (RegularFile.FindProblem(path) is { } kind)
            throw new FailureException($"The index '{path}' {kind}");
        try
        {
            using var file = Checkpoint.Open(path);
            problem = FindProblem(file, binding, embeddingSize, out var entries);
            if (problem is not null)
                return Empty;
            using var tensor = file.ReadTensor(TensorName);
            var rows = TensorRows.ToArrays(tensor);
            problem = rows.Index().Where(row => !UnitRow.Is(row.Item)).Select(row => $"the embedding of '{entries[row.Index].Path}' is not a row of unit length").FirstOrDefault();
            return problem is null ? new ImageIndex(entries, rows) : Empty;
        }
        // JsonException, InvalidOperationException (half of a surrogate pair), NotSupportedException (a type that JSON has no place for): the entries.
        catch (Exception e) when (e is CheckpointException or JsonException or InvalidOperationException or NotSupportedException)
        {
            problem = e.Message;
            return Empty;
        }
    }

    /// <summary>Writes the index; a crash leaves the old file or the new one.</summary>
    /// <param name="path">The file.</param>
    /// <param name="binding">What the embeddings depend on.</param>
    /// <param name="embeddingSize">Elements of a row.</param>
    public void Write(string path, string binding, int embeddingSize)
    {
        using var file = OutputFile.CreateSafetensors(path);
        file.AddMetadata(BindingKey, binding);
        file.AddMetadata(EntriesKey, JsonSerializer.Serialize([.. Entries], IndexJson.Readable.ListIndexEntry));
        var rows = file.AddRows(TensorName, embeddingSize);
        foreach (var row in Rows)
            rows.Add(row);
        file.Commit();
    }

    private static string? FindProblem(Checkpoint file, string binding, int embeddingSize, out IReadOnlyList<IndexEntry> entries)
    {
        entries = [];
        if (file.Metadata.GetValueOrDefault(BindingKey) != binding)
            return "it belongs to another model";
        if (JsonSerializer.Deserialize(file.Metadata.GetValueOrDefault(EntriesKey, ""), IndexJson.Readable.ListIndexEntry) is not { } read)
            return "it has no list of images";
        var paths = new HashSet<string>(StringComparer.Ordinal);
        foreach (var (place, entry) in read.Index())
        {
            if (entry?.Path is not { Length: > 0 } name)
                return $"image {place} has no path";
            if (!paths.Add(name))
                return $"'{name}' is in it twice";
        }
        if (!file.Tensors.TryGetValue(TensorName, out var rows) || !rows.Shape.SequenceEqual([read.Count, embeddingSize]) || rows.DType != ScalarType.Float32)
            return "its images and rows do not fit together";
        entries = [.. read.OfType<IndexEntry>()];
        return null;
    }
}
