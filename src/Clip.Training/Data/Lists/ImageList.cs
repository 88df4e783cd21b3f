using Clip.Shared;

namespace Clip.Training.Data.Lists;

/// <summary>Reads a list by the ending of its name.</summary>
internal static class ImageList
{
    public static CaptionedImage[] Read(string path, CaptionColumns columns, CancellationToken cancellationToken)
    {
        if (!File.Exists(path))
            throw new FileNotFoundException($"There is no list '{path}'.", path);
        if (RegularFile.FindProblem(path) is { } problem)
            throw new PairDataException(path, problem);
        var rows = Path.GetExtension(path).ToLowerInvariant() switch
        {
            ".csv" or ".tsv" => CsvRows.Read(path, columns),
            ".jsonl" or ".ndjson" => JsonRows.Read(path, columns),
            ".parquet" => ParquetRows.Read(path, columns, cancellationToken),
            var other => throw new ArgumentException($"A list ends in .csv, .tsv, .jsonl, .ndjson or .parquet, not in '{other}': {path}", nameof(path)),
        };

        var root = columns.Root is null ? Path.GetDirectoryName(path)! : Path.GetFullPath(columns.Root);
        var images = new List<CaptionedImage>();
        foreach (var (image, caption) in rows)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (images.Count == columns.MaxRows)
                throw new PairDataException(path, $"has more than {columns.MaxRows:N0} rows; raise {nameof(CaptionColumns)}.{nameof(CaptionColumns.MaxRows)} to read them.");
            images.Add(new CaptionedImage(Resolve(path, root, image, images.Count), caption ?? ""));
        }
        return images.Count > 0 ? [.. images] : throw new PairDataException(path, "has no rows.");
    }

    /// <summary>What is wrong with a list that lacks a column.</summary>
    public static PairDataException MissingColumn(string path, string column, IEnumerable<string> present) => new(path,
        $"has no column '{column}' but {string.Join(", ", present.Take(20).Select(name => $"'{name}'"))}; say in {nameof(CaptionColumns)} which to read.");

    // A row without a path is an unreadable sample, which is counted and skipped like any other.
    private static string Resolve(string path, string root, string? image, int row)
    {
        if (string.IsNullOrEmpty(image))
            return $"(row {row + 1} of {Path.GetFileName(path)}, which names no picture)";
        return image.Contains('\0') ? image.Replace('\0', '?') : Path.Combine(root, image);
    }
}
