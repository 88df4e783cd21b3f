using System.Text;

namespace Clip.Training.Data.Lists;

/// <summary>How a text file with separated columns is written.</summary>
/// <param name="Separator">What separates the columns, in UTF-8.</param>
/// <param name="IsQuoted">Whether a quotation mark at the beginning of a field is none of its text.</param>
internal sealed record TableFormat(byte[] Separator, bool IsQuoted)
{
    private const string Candidates = ",\t;|";

    /// <summary>What errors call the separator.</summary>
    public string SeparatorName => Encoding.UTF8.GetString(Separator) switch
    {
        "," => "a comma",
        "\t" => "a tab",
        ";" => "a semicolon",
        var other => $"'{other}'",
    };

    /// <summary>Finds out how a file is written, by its name, its first line and, where tabs separate its columns, its quotes.</summary>
    /// <exception cref="ArgumentException">The separator that was asked for cannot be one.</exception>
    /// <exception cref="PairDataException">The first line cannot be read, or the quotes of the file can be read in two ways.</exception>
    public static TableFormat Find(string path, CaptionColumns columns)
    {
        var format = new TableFormat(Encoding.UTF8.GetBytes([FindSeparator(path, columns)]), columns.Quoting != CaptionQuoting.None);
        return columns.Quoting is null && format.Separator is [(byte)'\t'] ? format with { IsQuoted = IsQuotedTable(path, format) } : format;
    }

    private static char FindSeparator(string path, CaptionColumns columns)
    {
        if (columns.Separator is { } given)
        {
            return given is not ('"' or '\r' or '\n') && !char.IsSurrogate(given)
                ? given
                : throw new ArgumentException($"{nameof(CaptionColumns)}.{nameof(CaptionColumns.Separator)} cannot be a quotation mark, a line break or half of a character.", nameof(columns));
        }
        if (path.EndsWith(".tsv", StringComparison.OrdinalIgnoreCase))
            return '\t';

        var (image, caption) = (ListColumns.Image(columns), ListColumns.Caption(columns));
        var (best, most) = (Candidates[0], 0);
        foreach (var candidate in Candidates)
        {
            using var file = TableRows.Open(path);
            var table = TableRows.Start(file, path, new TableFormat([(byte)candidate], columns.Quoting != CaptionQuoting.None));
            if (!table.Read() || table.QuotingProblem is not null)
                continue;
            var names = table.Fields();
            if (image.Find(names) >= 0 && caption.Find(names) >= 0)
                return candidate;
            if (names.Count > most)
                (best, most) = (candidate, names.Count);
        }
        return best;
    }

    // Captions such as '"Best" of show' stand in many files with tabs as they are, and in others in quotes.
    private static bool IsQuotedTable(string path, TableFormat format)
    {
        using var file = TableRows.Open(path);
        var table = TableRows.Start(file, path, format with { IsQuoted = true });
        var (columns, spanning) = (0, 0L);
        while (table.Read())
        {
            if (table.QuotingProblem is not null)
                return false;
            if (columns == 0)
                columns = table.FieldCount;
            else if (table.FieldCount != columns)
                return !IsTableWithoutQuotes(path, format);
            if (table.SpansLines && spanning == 0)
                spanning = table.Line;
        }
        if (spanning > 0 && IsTableWithoutQuotes(path, format))
        {
            throw new PairDataException(path,
                $"can be read in two ways: the quotes in line {spanning:N0} are around several lines, each of which is a row as well; set CaptionColumns.Quoting to what is meant.");
        }
        return true;
    }

    private static bool IsTableWithoutQuotes(string path, TableFormat format)
    {
        using var file = TableRows.Open(path);
        var table = TableRows.Start(file, path, format with { IsQuoted = false });
        var columns = table.Read() ? table.FieldCount : 0;
        while (table.Read())
        {
            if (table.FieldCount != columns)
                return false;
        }
        return true;
    }
}
