using Clip.Shared;

namespace Clip.Training.Data.Lists;

/// <summary>Rows of a text file with separated columns and a line of their names.</summary>
internal static class TableRows
{
    /// <summary>Reads a file.</summary>
    /// <exception cref="PairDataException">A row is not as the first line and the quotes say; the message has its number.</exception>
    public static IEnumerable<CaptionRow> Read(string path, CaptionColumns columns)
    {
        var format = TableFormat.Find(path, columns);
        using var file = Open(path);
        var table = Start(file, path, format);
        if (!table.Read())
            yield break;
        CheckQuotes(path, table);
        var names = table.Fields();
        var (image, caption) = (Find(ListColumns.Image(columns)), Find(ListColumns.Caption(columns)));
        while (table.Read())
        {
            CheckQuotes(path, table);
            if (table.FieldCount != names.Count)
                throw WrongCount(path, table, names.Count, format);
            yield return new CaptionRow(table.Field(image), table.Field(caption));
        }

        int Find(ListColumns column)
        {
            var place = column.Find(names);
            if (place >= 0)
                return place;
            throw names.Exists(name => name.Contains('\r', StringComparison.Ordinal))
                ? new PairDataException(path, "ends its lines with carriage returns alone; save it with line feeds.")
                : column.Missing(path, names);
        }
    }

    /// <summary>Opens a file.</summary>
    public static FileStream Open(string path) => new(path, FileMode.Open, FileAccess.Read, FileShare.Read, 1, FileOptions.SequentialScan);

    /// <summary>Begins to read a file.</summary>
    /// <param name="file">The file, which is borrowed.</param>
    /// <param name="path">What errors call it.</param>
    /// <param name="format">How it is written.</param>
    public static TableReader Start(Stream file, string path, TableFormat format)
    {
        TableReader table = null!;
        table = new TableReader(new LineBuffer(file, Error), format);
        return table;

        PairDataException Error(long line, string problem)
        {
            var row = table.Row + 1;
            return new PairDataException(path, $"is wrong in line {line:N0}{(row > 0 ? $" (row {row:N0})" : "")}: it {problem}.");
        }
    }

    private static void CheckQuotes(string path, TableReader table)
    {
        if (table.QuotingProblem is { } problem)
        {
            throw new PairDataException(path, $"is wrong in line {table.Line:N0}: row {table.Row:N0} {problem}; put the whole caption in quotes and double those in it, "
                + "or, where quotes are text, set CaptionColumns.Quoting to CaptionQuoting.None.");
        }
    }

    private static PairDataException WrongCount(string path, TableReader table, int columns, TableFormat format) => new(path,
        $"is wrong in line {table.Line:N0}: row {table.Row:N0} has {table.FieldCount:N0} fields, the first line has {columns:N0}; "
        + (format.IsQuoted ? $"put captions with {format.SeparatorName} or a line break in quotes." : $"without quoting no caption can have {format.SeparatorName} or a line break."));
}
