using System.CommandLine;
using System.CommandLine.Parsing;
using System.Text.RegularExpressions;
using Clip.Shared;

namespace Clip.Cli;

/// <summary>Finds what on a command line looks like a command or an option and is none.</summary>
internal static partial class Misspellings
{
    /// <summary>What is wrong, a sentence each, with the nearest name that there is.</summary>
    /// <param name="parsed">The command line.</param>
    public static IReadOnlyList<string> Find(ParseResult parsed)
    {
        var command = parsed.CommandResult.Command;
        if (command is RootCommand && parsed.UnmatchedTokens.FirstOrDefault() is { } name && !IsLikeOption(name))
            return [$"There is no command '{name}'.{DidYouMean(name, command.Subcommands.Select(one => one.Name))}"];
        return [.. Words(parsed).Where(IsLikeOption).Select(word => word.Split('=')[0]).Distinct().Select(option => Describe(option, parsed.CommandResult))];
    }

    // Words that no option has taken. An unknown option is otherwise an image of that name.
    private static IEnumerable<string> Words(ParseResult parsed)
    {
        var literal = parsed.Tokens.SkipWhile(token => token.Type != TokenType.DoubleDash).Select(token => token.Value).ToHashSet();
        return parsed.CommandResult.Children.OfType<ArgumentResult>().SelectMany(argument => argument.Tokens).Select(token => token.Value)
            .Concat(parsed.UnmatchedTokens)
            .Where(word => !literal.Contains(word) && !Path.Exists(word));
    }

    private static string Describe(string option, CommandResult command)
    {
        var of = command.Command is RootCommand ? "clip" : $"clip {command.Command.Name}";
        return $"There is no option '{option}' of {of}.{DidYouMean(option, Options(command))}";
    }

    private static IEnumerable<string> Options(CommandResult? command)
    {
        var own = command!.Command.Options.SelectMany(option => option.Aliases.Prepend(option.Name));
        return command.Parent is CommandResult parent
            ? own.Concat(parent.Command.Options.Where(option => option.Recursive).SelectMany(option => option.Aliases.Prepend(option.Name)))
            : own;
    }

    // Two slips, of which swapped letters are one pair, or one in three letters, or a name that was cut short.
    private static string DidYouMean(string word, IEnumerable<string> names)
    {
        var near = names.Where(name => name.Length > 2)
            .Select(name => (Name: name, Distance: IsBeginning(word, name) ? 1 : EditDistance.Between(word.TrimStart('-'), name.TrimStart('-'))))
            .Where(candidate => candidate.Distance <= Math.Max(word.TrimStart('-').Length < 3 ? 1 : 2, word.Length / 3))
            .OrderBy(candidate => candidate.Distance).ThenBy(candidate => candidate.Name, StringComparer.Ordinal)
            .Select(candidate => candidate.Name).FirstOrDefault();
        return near is null ? "" : $" Did you mean {near}?";
    }

    private static bool IsBeginning(string word, string name) =>
        word.TrimStart('-').Length >= 3 && name.TrimStart('-').StartsWith(word.TrimStart('-'), StringComparison.OrdinalIgnoreCase);

    private static bool IsLikeOption(string word) => OptionName().IsMatch(word);

    [GeneratedRegex(@"\A--?[A-Za-z][\w-]*(=.*)?\z", RegexOptions.CultureInvariant | RegexOptions.Singleline)]
    private static partial Regex OptionName();
}
