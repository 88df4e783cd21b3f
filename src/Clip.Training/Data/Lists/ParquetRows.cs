using Parquet;
using Parquet.Schema;

namespace Clip.Training.Data.Lists;

/// <summary>Rows of a Parquet file, one group of rows in memory at a time.</summary>
internal static class ParquetRows
{
    public static IEnumerable<(string? Image, string? Caption)> Read(string path, CaptionColumns columns, CancellationToken cancellationToken)
    {
        var reader = Try(path, () => ParquetReader.CreateAsync(path, cancellationToken: cancellationToken));
        try
        {
            var (image, caption) = (Find(columns.Image), Find(columns.Caption));
            for (var group = 0; group < reader.RowGroupCount; group++)
            {
                var (images, captions) = Try(path, () => ReadGroup(reader, group, image, caption, columns.MaxRows, path, cancellationToken));
                for (var row = 0; row < images.Length; row++)
                    yield return (images[row], captions[row]);
            }
        }
        finally
        {
            reader.DisposeAsync().AsTask().GetAwaiter().GetResult();
        }

        DataField Find(string column)
        {
            var fields = reader.Schema.GetDataFields();
            var field = fields.FirstOrDefault(field => field.Name == column) ?? throw ImageList.MissingColumn(path, column, fields.Select(field => field.Name));
            return (field.ClrType == typeof(string) || field.ClrType == typeof(ReadOnlyMemory<char>)) && !field.IsArray
                ? field
                : throw new PairDataException(path, $"has in column '{column}' no text but {field.ClrType.Name}.");
        }
    }

    private static async Task<(string?[] Images, string?[] Captions)> ReadGroup(
        ParquetReader reader, int group, DataField image, DataField caption, int maxRows, string path, CancellationToken cancellationToken)
    {
        using var rows = reader.OpenRowGroupReader(group);
        if (rows.RowCount < 0 || rows.RowCount > maxRows)
            throw new PairDataException(path, $"has {rows.RowCount:N0} rows in group {group}; raise {nameof(CaptionColumns)}.{nameof(CaptionColumns.MaxRows)} to read them.");
        var images = new string?[rows.RowCount];
        var captions = new string?[rows.RowCount];
        await rows.ReadAsync(image, images.AsMemory(), cancellationToken: cancellationToken).ConfigureAwait(false);
        await rows.ReadAsync(caption, captions.AsMemory(), cancellationToken: cancellationToken).ConfigureAwait(false);
        return (images, captions);
    }

    // A damaged file can bring the decoder down in many ways; none of them is a fault of this program.
    private static T Try<T>(string path, Func<Task<T>> read)
    {
        try
        {
            return read().GetAwaiter().GetResult();
        }
        catch (Exception e) when (e is not (OperationCanceledException or PairDataException or FileNotFoundException or UnauthorizedAccessException or OutOfMemoryException))
        {
            throw new PairDataException(path, $"is no Parquet file that can be read: {e.Message}", e);
        }
    }
}
