using System.Text.Json;

namespace Clip.Training.Data.Lists;

/// <summary>Objects of a file that has one per line.</summary>
internal static class JsonRows
{
    // Longer than any path with its caption.
    private const int LongestLine = 1 << 20;
    private const int MostNesting = 16;

    public static IEnumerable<(string? Image, string? Caption)> Read(string path, CaptionColumns columns)
    {
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, 1, FileOptions.SequentialScan);
        var buffer = new byte[1 << 16];
        var (filled, line) = (0, 0L);
        var isFirst = true;
        while (true)
        {
            var end = buffer.AsSpan(0, filled).IndexOf((byte)'\n');
            if (end < 0)
            {
                if (filled == LongestLine)
                    throw new PairDataException(path, $"has more than {LongestLine >> 20} MB in line {line + 1:N0}; each line has to be an object of its own.");
                if (filled == buffer.Length)
                    Array.Resize(ref buffer, Math.Min(LongestLine, 2 * buffer.Length));
                var read = file.Read(buffer, filled, buffer.Length - filled);
                filled += read;
                if (read > 0)
                    continue;
                end = filled;
            }
            if (end == 0 && filled == 0)
                yield break;

            line++;
            var text = buffer.AsMemory(0, end);
            if (isFirst && text.Span.StartsWith("\uFEFF"u8))
                text = text[3..];
            isFirst = false;
            if (text.Span.ContainsAnyExcept(" \t\r"u8))
                yield return Parse(path, columns, line, text);
            var next = Math.Min(end + 1, filled);
            buffer.AsSpan(next, filled - next).CopyTo(buffer);
            filled -= next;
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
