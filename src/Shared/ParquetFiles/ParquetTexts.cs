using System.Text.Unicode;
using Parquet;
using Parquet.Schema;

namespace Clip.Shared.ParquetFiles;

/// <summary>Columns of text of a Parquet file, one group of rows in memory at a time. What the file says of itself is checked before Parquet.Net follows it.</summary>
internal sealed class ParquetTexts : IDisposable
{
    // The slowest disk that is waited for gives a megabyte per second.
    private const long BytesPerSecond = 1 << 20;
    private static readonly TimeSpan LeastLimit = TimeSpan.FromMinutes(1);

    private readonly FileStream _file;
    private readonly CancellationToken _cancellationToken;
    private readonly GuardedStream _guarded;
    private readonly ParquetLayout _layout;
    private readonly ParquetReader _reader;

    /// <summary>Reads the end of a file, which says what is in it.</summary>
    /// <param name="path">The file.</param>
    /// <param name="cancellationToken">Ends reading, then and later.</param>
    /// <exception cref="InvalidDataException">It is no Parquet file that can be read; the message says why.</exception>
    public ParquetTexts(string path, CancellationToken cancellationToken)
    {
        _file = RegularFile.OpenRead(path);
        try
        {
            (_guarded, _layout, _cancellationToken) = (new GuardedStream(_file), new ParquetLayout(_file), cancellationToken);
            (_reader, Columns) = Try(async cancelled =>
            {
                _layout.CheckFooter();
                _guarded.Allow(_file.Length + BytesPerSecond, cancelled);
                var reader = await ParquetReader.CreateAsync(_guarded, cancellationToken: cancelled).ConfigureAwait(false);
                // Columns within columns have names of their own.
                return (reader, reader.Schema.GetDataFields().Where(field => field.Path.Length == 1).ToList());
            });
        }
        catch
        {
            _file.Dispose();
            throw;
        }
    }

    /// <summary>The columns, those within others excepted.</summary>
    public IReadOnlyList<DataField> Columns { get; }

    /// <summary>How many groups of rows there are.</summary>
    public int GroupCount => _reader.RowGroupCount;

    /// <summary>Whether a column holds text.</summary>
    /// <param name="column">The column.</param>
    public static bool IsText(DataField column) => (column.ClrType == typeof(string) || column.ClrType == typeof(ReadOnlyMemory<char>)) && !column.IsArray;

    /// <summary>The rows of a group, as the file says: a number that may be any.</summary>
    /// <param name="group">The group's number.</param>
    /// <exception cref="InvalidDataException">The file is damaged; the message says how.</exception>
    public long CountRows(int group) => Try(_ => Task.FromResult(_reader.OpenRowGroupReader(group).RowCount));

    /// <summary>Reads columns of a group.</summary>
    /// <param name="group">The group's number; the count of its rows was looked at.</param>
    /// <param name="columns">Columns of text.</param>
    /// <returns>The texts of each, null where there is none.</returns>
    /// <exception cref="InvalidDataException">The file is damaged; the message says how.</exception>
    public string?[][] Read(int group, params IReadOnlyList<DataField> columns)
    {
        return Try(async cancelled =>
        {
            var reader = _reader.OpenRowGroupReader(group);
            var texts = new string?[columns.Count][];
            for (var index = 0; index < texts.Length; index++)
                texts[index] = await ReadColumnAsync(reader, AsBytes(columns[index]), cancelled).ConfigureAwait(false);
            return texts;
        });
    }

    /// <inheritdoc/>
    public void Dispose() => _file.Dispose();

    // Parquet.Net would replace what is not UTF-8; a field of a schema of its own is read as bytes.
    private static DataField AsBytes(DataField text)
    {
        var field = new DataField(text.Name, typeof(byte[]), isNullable: text.MaxDefinitionLevel > 0);
        _ = new ParquetSchema(field);
        return field;
    }

    private async Task<string?[]> ReadColumnAsync(ParquetRowGroupReader group, DataField field, CancellationToken cancelled)
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
    private T Try<T>(Func<CancellationToken, Task<T>> read)
    {
        try
        {
            return TimeLimit.Run(read, LeastLimit + TimeSpan.FromSeconds(_file.Length / (double)BytesPerSecond), _cancellationToken);
        }
        catch (Exception e) when (!_cancellationToken.IsCancellationRequested && e is not (UnauthorizedAccessException or OutOfMemoryException))
        {
            throw new InvalidDataException(e.Message, e);
        }
    }
}
