using System.CommandLine;
using System.Globalization;

namespace Clip.Cli;

/// <summary>One line of the help: what is written on the command line, and what it means.</summary>
/// <param name="Name">What is written.</param>
/// <param name="Meaning">What it means.</param>
internal sealed record HelpRow(string Name, string Meaning)
{
    /// <summary>An argument.</summary>
    public static HelpRow Of(Argument argument) => new($"<{argument.Name}>", argument.Description ?? "");

    /// <summary>An option, with its short names, its value, and what it is when left out.</summary>
    public static HelpRow Of(Option option)
    {
        var names = option.Aliases.Append(option.Name).Where(name => name.StartsWith('-')).ToList();
        names.Sort((left, right) => left.Length == right.Length ? string.CompareOrdinal(left, right) : left.Length - right.Length);
        var name = string.Join(", ", names) + (option.HelpName is { Length: > 0 } value ? $" <{value}>" : "") + (option.Required ? " (REQUIRED)" : "");
        return new HelpRow(name, option.Description + Default(option));
    }

    /// <summary>A command, with its arguments.</summary>
    public static HelpRow Of(Command command) =>
        new(string.Join(' ', command.Arguments.Select(argument => $"<{argument.Name}>").Prepend(command.Name)), command.Description ?? "");

    private static string Default(Option option) =>
        option.HasDefaultValue && option.ValueType != typeof(bool) && Convert.ToString(option.GetDefaultValue(), CultureInfo.InvariantCulture) is { Length: > 0 } value
            ? $" [default: {value}]"
            : "";
}
