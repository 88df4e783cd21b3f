using Sylvan.Data.Csv;

namespace Clip.Training.Data.Lists;

/// <summary>Rows of a text file with separated columns.</summary>
internal static class CsvRows
{
    // Longer than any path with its caption.
    private const int LongestRow = 1 << 20;

    public static IEnumerable<(string? Image, string? Caption)> Read(string path, CaptionColumns columns)
    {
        using var reader = Open(path, columns);
        var names = Enumerable.Range(0, reader.FieldCount).Select(reader.GetName).ToList();
        var image = Find(columns.Image);
        var caption = Find(columns.Caption);
        while (Advance(path, reader))
            yield return (image < reader.RowFieldCount ? reader.GetString(image) : null, caption < reader.RowFieldCount ? reader.GetString(caption) : null);

        int Find(string column)
        {
            var index = names.IndexOf(column);
            return index >= 0 ? index : throw ImageList.MissingColumn(path, column, names);
        }
    }

    private static CsvDataReader Open(string path, CaptionColumns columns)
    {
        var separator = columns.Separator ?? (path.EndsWith(".tsv", StringComparison.OrdinalIgnoreCase) ? '\t' : null);
        try
        {
            return CsvDataReader.Create(path, new CsvDataReaderOptions { Delimiter = separator, BufferSize = 1 << 16, MaxBufferSize = LongestRow });
        }
        catch (Exception e) when (e is CsvFormatException or CsvRecordTooLargeException or InvalidDataException)
        {
            throw new PairDataException(path, $"is wrong in its first line: {e.Message}", e);
        }
    }

    private static bool Advance(string path, CsvDataReader reader)
    {
        try
        {
            return reader.Read();
        }
        catch (Exception e) when (e is CsvFormatException or CsvRecordTooLargeException or InvalidDataException)
        {
            throw new PairDataException(path, $"is wrong in row {reader.RowNumber}: {e.Message}", e);
        }
    }
}
