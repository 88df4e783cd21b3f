using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Parsing;

namespace Clip.Cli.Training;

/// <summary>Options of a command from the command line and from files, in one form.</summary>
/// <param name="command">The command.</param>
/// <param name="notInFiles">Options that say what to do now, and so cannot stand in a file.</param>
internal sealed class SettingsCommandLine(ToolCommand command, params IReadOnlyList<Option> notInFiles)
{
    private static readonly ParserConfiguration Parser = new() { ResponseFileTokenReplacer = null };

    private readonly Dictionary<string, Option> _options = command.Options
        .Where(option => option is not HelpOption && !notInFiles.Contains(option))
        .ToDictionary(option => option.Name[2..], StringComparer.Ordinal);

    /// <summary>The options that stand on a command line.</summary>
    /// <param name="invocation">The command line.</param>
    public IReadOnlyList<Setting> Given(Invocation invocation) =>
    [
        .. from entry in _options
           where invocation.IsGiven(entry.Value)
           let values = invocation.Parsed.GetResult(entry.Value)!.Tokens.Select(token => token.Value).DefaultIfEmpty("true")
           from value in values
           select new Setting(entry.Key, value, "the command line"),
    ];

    /// <summary>Checks options of a file, each by itself.</summary>
    /// <param name="settings">The options.</param>
    /// <param name="invocation">The command line, which names the tool.</param>
    /// <exception cref="UsageException">A name is unknown or appears twice, or a value is wrong; the message has the line.</exception>
    public void Require(IReadOnlyList<Setting> settings, Invocation invocation)
    {
        var seen = new Dictionary<string, Setting>(StringComparer.Ordinal);
        foreach (var setting in settings)
        {
            if (!_options.TryGetValue(setting.Name, out var option))
                throw new UsageException($"{setting.Place}: {Unknown(setting.Name)}");
            if (!seen.TryAdd(setting.Name, setting) && option.Arity.MaximumNumberOfValues <= 1)
                throw new UsageException($"{setting.Place}: '{setting.Name}' stands there twice, first in {seen[setting.Name].Place}.");
            if (Parse(invocation, [setting]).Errors is [var error, ..])
                throw new UsageException($"{setting.Place}: {error.Message}");
        }
    }

    /// <summary>Makes a command line of options.</summary>
    /// <param name="invocation">The command line that was given.</param>
    /// <param name="settings">All options.</param>
    public Invocation Combine(Invocation invocation, IReadOnlyList<Setting> settings)
    {
        var parsed = Parse(invocation, settings, invocation.IsJson ? [ClipTool.JsonOption] : []);
        return parsed.Errors is [var error, ..]
            ? throw new UsageException(error.Message)
            : invocation with { Parsed = parsed };
    }

    /// <summary>Joins options, of which earlier sources go before later ones.</summary>
    /// <param name="sources">The sources.</param>
    public static IReadOnlyList<Setting> Join(params IReadOnlyList<IReadOnlyList<Setting>> sources)
    {
        var joined = new List<Setting>();
        foreach (var source in sources)
        {
            var known = joined.Select(setting => setting.Name).ToHashSet(StringComparer.Ordinal);
            joined.AddRange(source.Where(setting => !known.Contains(setting.Name)));
        }
        return joined;
    }

    private ParseResult Parse(Invocation invocation, IReadOnlyList<Setting> settings, params IEnumerable<string> more) =>
        invocation.Parsed.RootCommandResult.Command.Parse(
            [command.Name, .. settings.Select(setting => $"--{setting.Name}={setting.Value}"), .. more], Parser);

    private string Unknown(string name) => notInFiles.Any(option => option.Name == "--" + name)
        ? $"'{name}' can stand on the command line only."
        : $"there is no option '{name}'. The names are those of the command line without dashes in front.";
}
