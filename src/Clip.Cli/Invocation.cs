using System.CommandLine;
using Clip.Cli.Files;

namespace Clip.Cli;

/// <summary>One run of a command.</summary>
/// <param name="Parsed">The command line.</param>
/// <param name="Console">Where to read and write.</param>
/// <param name="Cancelled">Cancelled by Ctrl-C.</param>
internal sealed record Invocation(ParseResult Parsed, ToolConsole Console, CancellationToken Cancelled)
{
    /// <summary>Folders among the inputs that cannot be read. Where there are any, a command that is done otherwise returns <see cref="ExitCodes.SomeLeftOut"/>.</summary>
    public UnreadableFolders Unreadable { get; } = new(Console);

    /// <summary>Whether results are JSON.</summary>
    public bool IsJson => Parsed.GetValue<bool>(ClipTool.JsonOption);

    /// <summary>The value of an option; null where it is not given and has no default.</summary>
    public T? Get<T>(Option<T> option) => Parsed.GetValue(option);

    /// <summary>The value of an argument.</summary>
    public T? Get<T>(Argument<T> argument) => Parsed.GetValue(argument);

    /// <summary>Whether an option stands on the command line.</summary>
    public bool IsGiven(Option option) => Parsed.GetResult(option) is { Implicit: false };
}
