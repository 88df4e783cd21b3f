using System.CommandLine;
using System.Globalization;

namespace Clip.Cli;

/// <summary>The help where a terminal is too narrow for two columns: each name on a line of its own, what it means below it.</summary>
/// <param name="output">Where to.</param>
/// <param name="width">The longest line, in characters.</param>
internal sealed class NarrowHelp(TextWriter output, int width)
{
    private const int Step = 2;

    /// <summary>Writes the help of a command.</summary>
    /// <param name="command">The command.</param>
    public void Write(Command command)
    {
        var parent = command.Parents.OfType<Command>().FirstOrDefault();
        var options = command.Options.Concat(parent?.Options.Where(option => option.Recursive) ?? []).Where(option => !option.Hidden).ToList();
        Paragraph("Description:", command.Description ?? "");
        Paragraph("Usage:", Usage(command, parent));
        Section("Arguments:", command.Arguments.Select(argument => ($"<{argument.Name}>", argument.Description)));
        Section("Options:", options.Select(option => (Name(option), (string?)Describe(option))));
        Section("Commands:", command.Subcommands.Where(one => !one.Hidden).Select(one => (one.Name, one.Description)));
    }

    private void Paragraph(string title, string text)
    {
        output.WriteLine(title);
        Lines(text, Step);
        output.WriteLine();
    }

    private void Section(string title, IEnumerable<(string Name, string? Description)> rows)
    {
        var list = rows.ToList();
        if (list.Count == 0)
            return;
        output.WriteLine(title);
        foreach (var (name, description) in list)
        {
            Lines(name, Step);
            Lines(description ?? "", 2 * Step);
        }
        output.WriteLine();
    }

    private void Lines(string text, int indent)
    {
        foreach (var line in Words.Wrap(Words.Of(text), width - indent).Where(line => line.Length > 0))
            output.WriteLine(new string(' ', indent) + line);
    }

    private static string Usage(Command command, Command? parent) => string.Join(
        ' ', (string[])[parent is null ? "clip" : $"clip {command.Name}", .. command.Arguments.Select(argument => $"<{argument.Name}>"), command.Subcommands.Count > 0 ? "[command] [options]" : "[options]"]);

    private static string Name(Option option)
    {
        var names = string.Join(", ", option.Aliases.Append(option.Name).Where(name => name.StartsWith('-')).Distinct().OrderBy(name => name.Length));
        return option.HelpName is { Length: > 0 } value ? $"{names} <{value}>" : names;
    }

    private static string Describe(Option option)
    {
        var note = option.Required ? " [required]"
            : option.HasDefaultValue && option.ValueType != typeof(bool) && option.GetDefaultValue() is { } value
                ? string.Create(CultureInfo.InvariantCulture, $" [default: {value}]")
            : "";
        return option.Description + note;
    }
}
