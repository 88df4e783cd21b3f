using System.CommandLine;

namespace Clip.Cli.Commands;

/// <summary>A command of the tool: its options, its examples, its work.</summary>
internal abstract class ToolCommand : Command
{
    /// <summary>Creates a command that runs <see cref="RunAsync"/>.</summary>
    /// <param name="name">Its name on the command line.</param>
    /// <param name="description">One sentence for the help.</param>
    /// <param name="console">Where it reads and writes.</param>
    protected ToolCommand(string name, string description, ToolConsole console)
        : base(name, description)
    {
        // On another thread: whoever waits for the end after Ctrl-C is not kept by work that does not look at its token.
        SetAction((parsed, cancellationToken) => Task.Run(() => RunAsync(new Invocation(parsed, console, cancellationToken)), cancellationToken));
    }

    /// <summary>Command lines for the end of the help.</summary>
    public abstract IReadOnlyList<string> Examples { get; }

    /// <summary>Does the work.</summary>
    /// <param name="invocation">The parsed command line and the console.</param>
    /// <returns>One of <see cref="ExitCodes"/>.</returns>
    protected abstract Task<int> RunAsync(Invocation invocation);
}
