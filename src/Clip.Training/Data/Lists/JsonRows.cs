using System.Text.Json;

namespace Clip.Training.Data.Lists;

/// <summary>Objects of a file that has one per line.</summary>
internal static class JsonRows
{
    private const int MostNesting = 16;

    public static IEnumerable<(string? Image, string? Caption)> Read(string path, CaptionColumns columns)
    {
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, 1, FileOptions.SequentialScan);
        var lines = new LineBuffer(file, path);
        while (lines.Read() is { } line)
        {
            if (line.Span.ContainsAnyExcept(" \t\r"u8))
                yield return Parse(path, columns, lines.Number, line);
        }
    }

    private static (string?, string?) Parse(string path, CaptionColumns columns, long line, ReadOnlyMemory<byte> text)
    {
        try
        {
            using var document = JsonDocument.Parse(text, new JsonDocumentOptions { MaxDepth = MostNesting });
            var row = document.RootElement;
            if (row.ValueKind != JsonValueKind.Object)
                throw new PairDataException(path, $"has no object in line {line:N0} but {row.ValueKind}.");
            return (Find(columns.Image), Find(columns.Caption));

            string? Find(string name)
            {
                if (!row.TryGetProperty(name, out var value))
                    throw ImageList.MissingColumn($"{path}, line {line:N0},", name, row.EnumerateObject().Select(property => property.Name));
                return value.ValueKind switch
                {
                    JsonValueKind.String => value.GetString(),
                    JsonValueKind.Null => null,
                    var kind => throw new PairDataException(path, $"has in line {line:N0} no text in '{name}' but {kind}."),
                };
            }
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            throw new PairDataException(path, $"is wrong in line {line:N0}: {e.Message}", e);
        }
    }
}
