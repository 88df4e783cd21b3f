using Spectre.Console;

namespace Clip.Cli;

/// <summary>Rows of a result: a table on a terminal, lines of columns with tabs between them where output is redirected.</summary>
/// <param name="columns">Titles; those that start with '#' are numbers, aligned to the right, and lose the sign.</param>
internal sealed class ResultTable(params string[] columns)
{
    private readonly List<string[]> _rows = [];

    /// <summary>A line above the table on a terminal.</summary>
    public string? Title { get; init; }

    /// <summary>Adds a row.</summary>
    /// <param name="cells">One text for each column.</param>
    public void Add(params string[] cells) => _rows.Add([.. cells.Select(PlainText.Show)]);

    /// <summary>Writes all rows.</summary>
    /// <param name="console">Where to.</param>
    public void Write(ToolConsole console)
    {
        if (console.IsOutputTerminal)
            console.OutputTerminal.Write(Draw());
        else
            foreach (var row in _rows)
                console.Output.WriteLine(string.Join('\t', row));
    }

    private Table Draw()
    {
        var table = new Table().RoundedBorder();
        if (Title is not null)
            table.Title(Markup.Escape(PlainText.Show(Title)));
        foreach (var column in columns)
        {
            var isNumber = column.StartsWith('#');
            var drawn = new TableColumn(new Text(column.TrimStart('#')));
            table.AddColumn(isNumber ? drawn.RightAligned() : drawn);
        }
        foreach (var row in _rows)
            table.AddRow(row.Select(cell => new Text(cell)));
        return table;
    }
}
