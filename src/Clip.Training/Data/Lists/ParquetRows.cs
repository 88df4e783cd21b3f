using Clip.Shared.ParquetFiles;
using Parquet.Schema;

namespace Clip.Training.Data.Lists;

/// <summary>Rows of a Parquet file, one group of rows in memory at a time.</summary>
internal static class ParquetRows
{
    public static IEnumerable<CaptionRow> Read(string path, CaptionColumns columns, CancellationToken cancellationToken)
    {
        using var file = Try(path, () => new ParquetTexts(path, cancellationToken));
        var (image, caption) = (Find(path, file, ListColumns.Image(columns)), Find(path, file, ListColumns.Caption(columns)));
        for (var group = 0; group < file.GroupCount; group++)
        {
            var count = file.CountRows(group);
            if (count < 0 || count > columns.MaxRows)
                throw new PairDataException(path, $"has {count:N0} rows in group {group}; raise {nameof(CaptionColumns)}.{nameof(CaptionColumns.MaxRows)} to read them.");
            var index = group;
            var texts = Try(path, () => file.Read(index, image, caption));
            for (var row = 0; row < texts[0].Length; row++)
                yield return new CaptionRow(texts[0][row], texts[1][row]);
        }
    }

    private static DataField Find(string path, ParquetTexts file, ListColumns wanted)
    {
        var texts = file.Columns.Where(ParquetTexts.IsText).ToList();
        var place = wanted.Find(texts.ConvertAll(field => field.Name));
        if (place >= 0)
            return texts[place];
        var names = file.Columns.Select(field => field.Name).ToList();
        place = wanted.Find(names);
        throw place < 0 ? wanted.Missing(path, names) : new PairDataException(path, $"has in column '{names[place]}' no text but {file.Columns[place].ClrType.Name}.");
    }

    private static T Try<T>(string path, Func<T> read)
    {
        try
        {
            return read();
        }
        catch (InvalidDataException e)
        {
            throw new PairDataException(path, $"is no Parquet file that can be read: {e.Message.TrimEnd('.')}. Write it again, or as .csv or .jsonl.", e.InnerException ?? e);
        }
    }
}
