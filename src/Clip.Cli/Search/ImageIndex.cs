using System.Numerics.Tensors;
using System.Text.Json;
using Clip.Checkpoints;
using Clip.Cli.Files;
using Clip.Shared;
using Clip.Shared.Search;

namespace Clip.Cli.Search;

/// <summary>The embeddings of a folder's images, in memory or where they lie in the index's file.</summary>
/// <param name="Entries">The images.</param>
/// <param name="Rows">Their embeddings, of unit length.</param>
internal sealed record ImageIndex(IReadOnlyList<IndexEntry> Entries, IReadOnlyList<float[]> Rows) : IDisposable
{
    private const string EntriesKey = "entries";
    private const string BindingKey = "binding";
    private const string TensorName = "images";

    /// <summary>Whether its file has the rows in float16; float32 otherwise.</summary>
    public bool IsHalf { get; init; }

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
            IReadOnlyList<IndexEntry> entries;
            bool isHalf;
            using (var file = Checkpoint.Open(path))
            {
                problem = FindProblem(file, binding, embeddingSize, out entries);
                isHalf = file.Tensors.TryGetValue(TensorName, out var stored) && stored.DType == ScalarType.Float16;
            }
            if (problem is not null || entries.Count == 0)
                return Empty;
            var rows = MappedRows.Open(path, TensorName, entries.Count, embeddingSize, isHalf);
            var tolerance = isHalf ? UnitRow.HalfTolerance : UnitRow.Tolerance;
            if (ExactScan.Find(entries.Count, 1, () => Measure(rows, vector => UnitRow.Is(vector, tolerance) ? float.NaN : 0), CancellationToken.None) is not [var wrong, ..])
                return new ImageIndex(entries, rows) { IsHalf = isHalf };
            problem = $"the embedding of '{entries[(int)wrong.Row].Path}' is not a row of unit length";
            rows.Dispose();
            return Empty;
        }
        // JsonException, InvalidOperationException (half of a surrogate pair), NotSupportedException (a type that JSON has no place for): the entries.
        catch (Exception e) when (e is CheckpointException or JsonException or InvalidOperationException or NotSupportedException)
        {
            problem = e.Message;
            return Empty;
        }
    }

    /// <summary>The images closest to a query, the closest first; of equally close ones the earlier. All are compared, on all processors.</summary>
    /// <param name="query">A row of unit length.</param>
    /// <param name="top">How many at most.</param>
    /// <param name="cancellationToken">Looked at between parts.</param>
    public IEnumerable<(IndexEntry Entry, float Similarity)> Closest(float[] query, int top, CancellationToken cancellationToken) =>
        ExactScan.Find(Entries.Count, Math.Min(top, Entries.Count), () => Measure(Rows, vector => TensorPrimitives.Dot(query, vector)), cancellationToken)
            .Select(found => (Entries[(int)found.Row], found.Closeness));

    /// <summary>The same in memory, so that its file can be replaced.</summary>
    public ImageIndex Detach()
    {
        using (this)
            return this with { Rows = [.. Rows] };
    }

    /// <summary>Lets go of the file.</summary>
    public void Dispose() => (Rows as IDisposable)?.Dispose();

    /// <summary>Writes the index; a crash leaves the old file or the new one.</summary>
    /// <param name="path">The file.</param>
    /// <param name="binding">What the embeddings depend on.</param>
    /// <param name="embeddingSize">Elements of a row.</param>
    public void Write(string path, string binding, int embeddingSize)
    {
        using var file = OutputFile.CreateSafetensors(path);
        file.AddMetadata(BindingKey, binding);
        file.AddMetadata(EntriesKey, JsonSerializer.Serialize([.. Entries], IndexJson.Readable.ListIndexEntry));
        var rows = IsHalf ? file.AddHalfRows(TensorName, embeddingSize) : file.AddRows(TensorName, embeddingSize);
        foreach (var row in Rows)
            rows.Add(row);
        file.Commit();
    }

    // Each thread has its own buffer for a row.
    private static Func<long, float> Measure(IReadOnlyList<float[]> rows, Func<ReadOnlySpan<float>, float> measure)
    {
        if (rows is not MappedRows mapped)
            return row => measure(rows[(int)row]);
        var buffer = new float[mapped.Size];
        return row => measure(mapped.Row(row, buffer));
    }

    private static string? FindProblem(Checkpoint file, string binding, int embeddingSize, out IReadOnlyList<IndexEntry> entries)
    {
        entries = [];
        if (file.Metadata.GetValueOrDefault(BindingKey) != binding)
            return "it belongs to another model, or to the other way of decoding (--fast-decoding)";
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
        if (!file.Tensors.TryGetValue(TensorName, out var rows) || !rows.Shape.SequenceEqual([read.Count, embeddingSize]) || rows.DType is not (ScalarType.Float32 or ScalarType.Float16))
            return "its images and rows do not fit together";
        entries = [.. read.OfType<IndexEntry>()];
        return null;
    }
}
