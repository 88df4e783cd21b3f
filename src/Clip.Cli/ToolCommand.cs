using System.CommandLine;

namespace Clip.Cli;

/// <summary>A command of the tool: its options, its examples, its work.</summary>
internal abstract class ToolCommand : Command
{
    /// <summary>Creates a command that runs <see cref="RunAsync(Invocation)"/>.</summary>
    /// <param name="name">Its name on the command line.</param>
    /// <param name="description">One sentence for the help.</param>
    /// <param name="console">Where it reads and writes.</param>
    protected ToolCommand(string name, string description, ToolConsole console)
        : base(name, description)
    {
        SetAction((parsed, cancellationToken) => Task.Run(() => RunAsync(parsed, console, cancellationToken), cancellationToken));
    }

    /// <summary>Command lines for the end of the help.</summary>
    public abstract IReadOnlyList<string> Examples { get; }

    /// <summary>Does the work.</summary>
    /// <param name="invocation">The parsed command line and the console.</param>
    /// <returns>One of <see cref="ExitCodes"/>.</returns>
    protected abstract Task<int> RunAsync(Invocation invocation);

    private async Task<int> RunAsync(ParseResult parsed, ToolConsole console, CancellationToken cancellationToken)
    {
        var invocation = new Invocation(parsed, console, cancellationToken);
        var code = await RunAsync(invocation);
        return code == ExitCodes.Ok && invocation.Unreadable.LeftOut.Count > 0 ? ExitCodes.SomeLeftOut : code;
    }
}
