using System.CommandLine;
using System.CommandLine.Help;

namespace Clip.Cli;

/// <summary>The help of a command: names in one column and what they mean in the next or, where a terminal is too narrow for two, below them.</summary>
/// <remarks>
/// System.CommandLine writes such pages too, with queries over pairs, whose methods .NET compiles in every process, in one that is machine code otherwise too.
/// </remarks>
/// <param name="output">Where to.</param>
/// <param name="width">The longest line, in characters.</param>
internal sealed class HelpPage(TextWriter output, int width)
{
    private const int Step = 2;

    // Names of options with their values take half of it.
    private const int NarrowestOfTwoColumns = 80;

    /// <summary>Writes the help of a command.</summary>
    /// <param name="command">The command.</param>
    public void Write(Command command)
    {
        var parent = command.Parents.OfType<Command>().FirstOrDefault();
        Paragraph("Description:", command.Description ?? "");
        Paragraph("Usage:", Usage(command, parent));
        Section("Arguments:", command.Arguments.Select(HelpRow.Of));
        Section("Options:", Options(command, parent).Where(option => !option.Hidden).Select(HelpRow.Of));
        Section("Commands:", command.Subcommands.Where(one => !one.Hidden).Select(HelpRow.Of));
    }

    // Those that every command has come last.
    private static IEnumerable<Option> Options(Command command, Command? parent) => command.Options.Where(option => !IsEverywhere(option))
        .Concat(command.Options.Where(IsEverywhere))
        .Concat(parent?.Options.Where(option => option.Recursive) ?? []);

    private static bool IsEverywhere(Option option) => option is HelpOption or VersionOption;

    private static string Usage(Command command, Command? parent)
    {
        var words = new List<string> { parent is null ? "clip" : $"clip {command.Name}" };
        words.AddRange(command.Arguments.Select(Usage));
        if (command.Subcommands.Count > 0)
            words.Add("[command]");
        words.Add("[options]");
        return string.Join(' ', words);
    }

    private static string Usage(Argument argument)
    {
        var value = $"<{argument.Name}>{(argument.Arity.MaximumNumberOfValues > 1 ? "..." : "")}";
        return argument.Arity.MinimumNumberOfValues == 0 ? $"[{value}]" : value;
    }

    private void Paragraph(string title, string text)
    {
        output.WriteLine(title);
        Lines(text, Step);
        output.WriteLine();
    }

    private void Section(string title, IEnumerable<HelpRow> rows)
    {
        var list = rows.ToList();
        if (list.Count == 0)
            return;
        output.WriteLine(title);
        if (width < NarrowestOfTwoColumns)
            list.ForEach(OneBelowTheOther);
        else
            Columns(list);
        output.WriteLine();
    }

    private void OneBelowTheOther(HelpRow row)
    {
        Lines(row.Name, Step);
        Lines(row.Meaning, 2 * Step);
    }

    private void Columns(List<HelpRow> rows)
    {
        var first = 0;
        foreach (var row in rows)
            first = Math.Max(first, row.Name.Length);
        first = Math.Min(first, width / 2 - Step);

        foreach (var row in rows)
        {
            var names = Break(row.Name, first).ToList();
            var meaning = Wrap(row.Meaning, width - first - 2 * Step);
            for (var i = 0; i < Math.Max(names.Count, meaning.Count); i++)
            {
                var name = i < names.Count ? names[i] : "";
                output.WriteLine(new string(' ', Step) + (i < meaning.Count ? name.PadRight(first + Step) + meaning[i] : name));
            }
        }
    }

    // A list of values may have no blanks and be longer than the column.
    private static IEnumerable<string> Break(string name, int width)
    {
        while (name.Length > width)
        {
            var end = name.LastIndexOfAny([' ', '|'], width - 1) + 1;
            if (end == 0)
                end = width;
            yield return name[..end].TrimEnd();
            name = name[end..];
        }
        yield return name;
    }

    private void Lines(string text, int indent)
    {
        foreach (var line in Wrap(text, width - indent))
            output.WriteLine(new string(' ', indent) + line);
    }

    private static List<string> Wrap(string text, int width) => [.. Words.Wrap(Words.Of(text), width).Where(line => line.Length > 0)];
}
