using System.Text.Json;
using Clip.Shared;

namespace Clip.Training.Data.Lists;

/// <summary>Objects of a file that has one per line.</summary>
internal static class JsonRows
{
    private const int MostNesting = 16;

    public static IEnumerable<CaptionRow> Read(string path, CaptionColumns columns)
    {
        var (image, caption) = (ListColumns.Image(columns), ListColumns.Caption(columns));
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, 1, FileOptions.SequentialScan);
        var lines = new LineBuffer(file, (line, problem) =>
            new PairDataException(path, $"is wrong in line {line:N0}: it {problem}; each line has to be an object of its own."));
        while (lines.Read() is { } line)
        {
            if (line.Span.ContainsAnyExcept(" \t\r"u8))
                yield return Parse(path, $"line {lines.Number:N0}", image, caption, line);
        }
    }

    private static CaptionRow Parse(string path, string place, ListColumns image, ListColumns caption, ReadOnlyMemory<byte> text)
    {
        try
        {
            using var document = JsonDocument.Parse(text, new JsonDocumentOptions { MaxDepth = MostNesting });
            var row = document.RootElement;
            return row.ValueKind == JsonValueKind.Object
                ? new CaptionRow(Find(path, place, row, image), Find(path, place, row, caption))
                : throw new PairDataException(path, $"has no object in {place} but {row.ValueKind}; each line has to be an object of its own.");
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            throw new PairDataException(path, $"is wrong in {place}: {e.Message}", e);
        }
    }

    // Texts go before what is null, and that before other values, which may be there under one of the names beside the text.
    private static string? Find(string path, string place, JsonElement row, ListColumns column)
    {
        foreach (var name in column.Names)
        {
            if (row.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String)
                return value.GetString();
        }
        var properties = row.EnumerateObject().ToList();
        foreach (var kind in (JsonValueKind[])[JsonValueKind.String, JsonValueKind.Null])
        {
            var candidates = properties.FindAll(property => property.Value.ValueKind == kind);
            if (column.Find(candidates.ConvertAll(property => property.Name)) is >= 0 and var found)
                return candidates[found].Value.GetString();
        }
        var names = properties.ConvertAll(property => property.Name);
        var wrong = column.Find(names);
        throw wrong < 0
            ? column.Missing(path, names, $" in {place}")
            : new PairDataException(path, $"has in {place} no text in '{names[wrong]}' but {properties[wrong].Value.ValueKind}.");
    }
}
