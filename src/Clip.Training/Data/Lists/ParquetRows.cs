using System.Text.Unicode;
using Clip.Shared;
using Clip.Training.Data.Lists.ParquetFiles;
using Parquet;
using Parquet.Schema;

namespace Clip.Training.Data.Lists;

/// <summary>Rows of a Parquet file, one group of rows in memory at a time.</summary>
internal sealed class ParquetRows : IDisposable
{
    // The slowest disk that is waited for gives a megabyte per second.
    private const long BytesPerSecond = 1 << 20;
    private static readonly TimeSpan LeastLimit = TimeSpan.FromMinutes(1);

    private readonly string _path;
    private readonly CaptionColumns _columns;
    private readonly CancellationToken _cancellationToken;
    private readonly FileStream _file;
    private readonly GuardedStream _guarded;
    private readonly ParquetLayout _layout;

    private ParquetRows(string path, CaptionColumns columns, CancellationToken cancellationToken)
    {
        _path = path;
        _columns = columns;
        _cancellationToken = cancellationToken;
        _file = File.OpenRead(path);
        _guarded = new GuardedStream(_file);
        _layout = new ParquetLayout(_file);
    }

    public static IEnumerable<CaptionRow> Read(string path, CaptionColumns columns, CancellationToken cancellationToken)
    {
        using var rows = new ParquetRows(path, columns, cancellationToken);
        foreach (var row in rows.Read())
            yield return row;
    }

    public void Dispose() => _file.Dispose();

    private IEnumerable<CaptionRow> Read()
    {
        var (reader, image, caption) = Try(_file.Length, Open);
        for (var index = 0; index < reader.RowGroupCount; index++)
        {
            var group = reader.OpenRowGroupReader(index);
            if (group.RowCount < 0 || group.RowCount > _columns.MaxRows)
                throw new PairDataException(_path, $"has {group.RowCount:N0} rows in group {index}; raise {nameof(CaptionColumns)}.{nameof(CaptionColumns.MaxRows)} to read them.");
            var (images, captions) = Try(_file.Length, async cancelled =>
                (await ReadColumn(group, image, cancelled).ConfigureAwait(false), await ReadColumn(group, caption, cancelled).ConfigureAwait(false)));
            for (var row = 0; row < images.Length; row++)
                yield return new CaptionRow(images[row], captions[row]);
        }
    }

    private async Task<(ParquetReader Reader, DataField Image, DataField Caption)> Open(CancellationToken cancelled)
    {
        _layout.CheckFooter();
        _guarded.Allow(_file.Length + BytesPerSecond, cancelled);
        var reader = await ParquetReader.CreateAsync(_guarded, cancellationToken: cancelled).ConfigureAwait(false);
        // Columns within columns have names of their own.
        var fields = reader.Schema.GetDataFields().Where(field => field.Path.Length == 1).ToList();
        return (reader, Find(fields, ListColumns.Image(_columns)), Find(fields, ListColumns.Caption(_columns)));
    }

    private DataField Find(List<DataField> fields, ListColumns wanted)
    {
        var names = fields.ConvertAll(field => field.Name);
        var texts = fields.FindAll(field => (field.ClrType == typeof(string) || field.ClrType == typeof(ReadOnlyMemory<char>)) && !field.IsArray);
        var place = wanted.Find(texts.ConvertAll(field => field.Name));
        if (place >= 0)
            return AsBytes(texts[place]);
        place = wanted.Find(names);
        throw place < 0 ? wanted.Missing(_path, names) : new PairDataException(_path, $"has in column '{names[place]}' no text but {fields[place].ClrType.Name}.");
    }

    // Parquet.Net would replace what is not UTF-8; a field of a schema of its own is read as bytes.
    private static DataField AsBytes(DataField text)
    {
        var field = new DataField(text.Name, typeof(byte[]), isNullable: text.MaxDefinitionLevel > 0);
        _ = new ParquetSchema(field);
        return field;
    }

    private async Task<string?[]> ReadColumn(ParquetRowGroupReader group, DataField field, CancellationToken cancelled)
    {
        var column = group.GetMetadata(field)?.MetaData ?? throw new InvalidDataException($"column '{field.Name}' is not in every row group");
        var rows = (int)group.RowCount;
        var bytes = _layout.CheckPages(column, rows);
        _guarded.Allow(2 * bytes + BytesPerSecond, cancelled);

        var values = new ReadOnlyMemory<byte>[rows];
        var levels = field.MaxDefinitionLevel > 0 ? new int[rows] : null;
        // An array that is null converts to memory that is there.
        await group.ReadRawAsync<ReadOnlyMemory<byte>>(field, values, levels is null ? default(Memory<int>?) : levels.AsMemory(), null, cancelled).ConfigureAwait(false);
        return Decode(values, levels, field, cancelled);
    }

    // Rows that share an entry of a dictionary share its text.
    private static string?[] Decode(ReadOnlyMemory<byte>[] values, int[]? levels, DataField field, CancellationToken cancelled)
    {
        var texts = new string?[values.Length];
        var known = new Dictionary<ReadOnlyMemory<byte>, string>();
        var next = 0;
        for (var row = 0; row < texts.Length; row++)
        {
            cancelled.ThrowIfCancellationRequested();
            if (levels is not null && levels[row] < field.MaxDefinitionLevel)
                continue;
            var value = values[next++];
            if (!known.TryGetValue(value, out var text))
                known.Add(value, text = Decode(value.Span, field.Name, row));
            texts[row] = text;
        }
        return texts;
    }

    private static string Decode(ReadOnlySpan<byte> value, string column, int row)
    {
        if (value.Length > LineBuffer.LongestLine)
            throw new InvalidDataException($"'{column}' has {value.Length:N0} bytes in row {row + 1:N0} of its group");
        return Utf8.IsValid(value)
            ? System.Text.Encoding.UTF8.GetString(value)
            : throw new InvalidDataException($"'{column}' is not UTF-8 in row {row + 1:N0} of its group");
    }

    // A damaged file can bring the decoder down in many ways; none of them is a fault of this program.
    private T Try<T>(long bytes, Func<CancellationToken, Task<T>> read)
    {
        try
        {
            return TimeLimit.Run(read, LeastLimit + TimeSpan.FromSeconds(bytes / (double)BytesPerSecond), _cancellationToken);
        }
        catch (Exception e) when (!_cancellationToken.IsCancellationRequested
            && e is not (PairDataException or FileNotFoundException or UnauthorizedAccessException or OutOfMemoryException))
        {
            throw new PairDataException(_path, $"is no Parquet file that can be read: {e.Message.TrimEnd('.')}. Write it again, or as .csv or .jsonl.", e);
        }
    }
}
