using Spectre.Console;

namespace Clip.Cli;

/// <summary>
/// Rows of a result: a table on a terminal, records of one line per cell where the terminal is too narrow for it, and lines of columns with tabs
/// between them where output is redirected.
/// </summary>
/// <param name="columns">Titles; those that start with '#' are numbers, aligned to the right, and lose the sign.</param>
internal sealed class ResultTable(params string[] columns)
{
    // A cell narrower than this breaks in the middle of words.
    private const int NarrowestText = 12;

    // Borders and blanks around a cell.
    private const int AroundCell = 3;

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
        if (!console.IsOutputTerminal)
        {
            foreach (var row in _rows)
                console.Output.WriteLine(string.Join('\t', row));
        }
        else if (NarrowestTable > console.OutputTerminal.Profile.Width)
        {
            WriteRecords(console.OutputTerminal);
        }
        else
        {
            console.OutputTerminal.Write(Draw());
        }
    }

    private string[] Titles => [.. columns.Select(column => column.TrimStart('#'))];

    private int NarrowestTable => 1 + columns.Index().Sum(column => AroundCell + NarrowestColumn(column.Index));

    private int NarrowestColumn(int index)
    {
        var longest = _rows.Select(row => row[index].Length).DefaultIfEmpty().Max();
        return Math.Max(Titles[index].Length, columns[index].StartsWith('#') ? longest : Math.Min(longest, NarrowestText));
    }

    private void WriteRecords(IAnsiConsole terminal)
    {
        if (Title is not null)
            terminal.WriteLine(PlainText.Show(Title));
        var titles = Titles;
        foreach (var row in _rows)
        {
            foreach (var (index, cell) in row.Index())
            {
                // What has no title is drawn beside a number that says the same.
                if (titles[index].Length > 0 && cell.Length > 0)
                    terminal.WriteLine(index == 0 ? cell : $"  {titles[index]}: {cell}");
            }
        }
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
            if (isNumber)
                drawn.NoWrap();
            table.AddColumn(isNumber ? drawn.RightAligned() : drawn);
        }
        foreach (var row in _rows)
            table.AddRow(row.Select(cell => new Text(cell)));
        return table;
    }
}
