using System.Text.Json;
using Sylvan.Data.Csv;

namespace Clip.Cli.Files;

/// <summary>Pictures with captions, from CSV, TSV or JSON Lines.</summary>
internal static class PairList
{
    private static readonly string[] ImageNames = ["image", "filepath", "path", "file", "file_name", "filename"];
    private static readonly string[] CaptionNames = ["caption", "text", "title"];

    /// <summary>Reads a list.</summary>
    /// <param name="path">The file; .csv and .tsv have a line of column names. Paths in it are relative to its folder.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    /// <returns>Path and caption, line by line.</returns>
    /// <exception cref="FailureException">The file is not such a list; the message has the line.</exception>
    public static async Task<List<(string Image, string Caption)>> ReadAsync(string path, CancellationToken cancellationToken)
    {
        if (!File.Exists(path))
            throw new FailureException($"There is no file '{path}'.");
        var folder = Path.GetDirectoryName(Path.GetFullPath(path))!;
        var pairs = Path.GetExtension(path).ToLowerInvariant() switch
        {
            ".csv" => await ReadTableAsync(path, ',', cancellationToken),
            ".tsv" or ".txt" => await ReadTableAsync(path, '\t', cancellationToken),
            ".jsonl" or ".json" or ".ndjson" => await ReadLinesAsync(path, cancellationToken),
            _ => throw new UsageException($"--pairs must end in .csv, .tsv or .jsonl, but is '{path}'."),
        };
        return pairs.Count > 0
            ? pairs.ConvertAll(pair => (Path.Combine(folder, pair.Image), pair.Caption))
            : throw new FailureException($"There are no pairs in '{path}'.");
    }

    private static async Task<List<(string Image, string Caption)>> ReadTableAsync(string path, char delimiter, CancellationToken cancellationToken)
    {
        try
        {
            await using var reader = await CsvDataReader.CreateAsync(path, new CsvDataReaderOptions { Delimiter = delimiter, HasHeaders = true }, cancellationToken);
            var (image, caption) = (Column(reader, path, ImageNames), Column(reader, path, CaptionNames));
            var pairs = new List<(string, string)>();
            while (await reader.ReadAsync(cancellationToken))
            {
                if (reader.GetString(image) is not { Length: > 0 } file)
                    throw new FailureException($"'{path}', row {reader.RowNumber}: there is no picture.");
                pairs.Add((file, reader.GetString(caption)));
            }
            return pairs;
        }
        catch (CsvFormatException e)
        {
            throw new FailureException($"'{path}', row {e.RowNumber}: {e.Message}", e);
        }
    }

    private static int Column(CsvDataReader reader, string path, string[] names)
    {
        for (var column = 0; column < reader.FieldCount; column++)
        {
            if (names.Contains(reader.GetName(column).Trim(), StringComparer.OrdinalIgnoreCase))
                return column;
        }
        throw new FailureException($"'{path}' has no column named {string.Join(" or ", names)} in its first line.");
    }

    private static async Task<List<(string Image, string Caption)>> ReadLinesAsync(string path, CancellationToken cancellationToken)
    {
        var pairs = new List<(string, string)>();
        var (stream, name) = LineReader.Open(path, Stream.Null);
        await using var opened = stream;
        var lines = new LineReader(stream, name);
        while (await lines.ReadAsync(cancellationToken) is { } line)
        {
            if (line.Span.Trim(" \t"u8).IsEmpty)
                continue;
            try
            {
                using var document = JsonDocument.Parse(line);
                pairs.Add((Text(document.RootElement, ImageNames), Text(document.RootElement, CaptionNames)));
            }
            catch (Exception e) when (e is JsonException or FormatException or InvalidOperationException)
            {
                throw new FailureException($"{lines.Place}: {e.Message}", e);
            }
        }
        return pairs;
    }

    private static string Text(JsonElement line, string[] names)
    {
        foreach (var name in names)
        {
            if (line.ValueKind == JsonValueKind.Object && line.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String)
                return value.GetString()!;
        }
        throw new FormatException($"this is not an object with a string under {string.Join(" or ", names.Select(name => $"\"{name}\""))}.");
    }
}
