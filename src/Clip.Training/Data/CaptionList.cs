using Clip.Shared;
using Clip.Training.Data.Lists;

namespace Clip.Training.Data;

/// <summary>Reads lists of image files and captions, for training and evaluation alike.</summary>
public static class CaptionList
{
    /// <summary>
    /// What the names of lists end with: <c>.csv</c>, <c>.tsv</c> and <c>.txt</c> with a line of column names, <c>.jsonl</c>, <c>.ndjson</c>
    /// and <c>.json</c> with an object per line, and <c>.parquet</c>.
    /// </summary>
    public static IReadOnlyList<string> Endings { get; } = [".csv", ".tsv", ".txt", ".jsonl", ".ndjson", ".json", ".parquet"];

    /// <summary>Reads a list.</summary>
    /// <param name="path">The file, whose name ends with one of <see cref="Endings"/>; text is UTF-8.</param>
    /// <param name="columns">Where the list has what; null for the usual names.</param>
    /// <param name="cancellationToken">Checked between rows.</param>
    /// <returns>The rows in their order, at least one. Blank lines are passed over. A row without a path gets one that does not exist and says so; one without a caption has an empty one.</returns>
    /// <exception cref="ArgumentException">The file name ends otherwise, or the separator cannot be one.</exception>
    /// <exception cref="PairDataException">The list is damaged, is not UTF-8, lacks a column or has no rows; the message says where.</exception>
    /// <exception cref="FileNotFoundException">There is no such list.</exception>
    public static IReadOnlyList<CaptionedImage> Read(string path, CaptionColumns? columns = null, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        columns ??= new CaptionColumns();
        if (!File.Exists(path))
            throw new FileNotFoundException($"There is no list '{path}'.", path);
        if (RegularFile.FindProblem(path) is { } problem)
            throw new PairDataException(path, problem);
        var rows = Path.GetExtension(path).ToLowerInvariant() switch
        {
            ".csv" or ".tsv" or ".txt" => TableRows.Read(path, columns),
            ".jsonl" or ".ndjson" or ".json" => JsonRows.Read(path, columns),
            ".parquet" => ParquetRows.Read(path, columns, cancellationToken),
            var other => throw new ArgumentException($"A list ends in {string.Join(", ", Endings)}, not in '{other}': {path}", nameof(path)),
        };

        var root = Path.GetFullPath(columns.Root ?? Path.GetDirectoryName(Path.GetFullPath(path))!);
        var images = new List<CaptionedImage>();
        foreach (var (image, caption) in rows)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (images.Count == columns.MaxRows)
                throw new PairDataException(path, $"has more than {columns.MaxRows:N0} rows; raise {nameof(CaptionColumns)}.{nameof(CaptionColumns.MaxRows)} to read them.");
            images.Add(new CaptionedImage(Resolve(path, root, image, images.Count), caption ?? ""));
        }
        return images.Count > 0 ? images : throw new PairDataException(path, "has no rows.");
    }

    // A row without a path is an unreadable sample, which is counted and skipped like any other.
    private static string Resolve(string path, string root, string? image, int row)
    {
        if (string.IsNullOrEmpty(image))
            return $"(row {row + 1} of {Path.GetFileName(path)}, which names no image)";
        return image.Contains('\0') ? image.Replace('\0', '?') : Path.Combine(root, image);
    }
}
