using System.CommandLine;
using System.CommandLine.Invocation;
using System.Globalization;
using Clip.Cli.Commands;

namespace Clip.Cli;

/// <summary>The tool: its commands, and how their failures become a line and an exit code.</summary>
internal static class ClipTool
{
    /// <summary>Name of the option for JSON, on all commands.</summary>
    public const string JsonOption = "--json";

    /// <summary>Name of the option for stack traces, on all commands.</summary>
    public const string VerboseOption = "--verbose";

    /// <summary>Runs one command line.</summary>
    /// <param name="arguments">What stands behind the tool's name.</param>
    /// <param name="console">Where to read and write.</param>
    /// <param name="cancellationToken">Cancels as Ctrl-C does.</param>
    /// <returns>One of <see cref="ExitCodes"/>.</returns>
    public static async Task<int> RunAsync(string[] arguments, ToolConsole console, CancellationToken cancellationToken = default)
    {
        // Numbers are written and read the same way everywhere.
        CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
        CultureInfo.CurrentUICulture = CultureInfo.InvariantCulture;

        using var ended = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, console.Interruption.Token);
        var code = await RunCommandAsync(arguments, console, ended.Token);
        await console.Output.FlushAsync(CancellationToken.None);
        // Whatever the command made of it.
        return console.Loss?.ExitCode ?? code;
    }

    /// <summary>Parses a command line.</summary>
    /// <param name="arguments">What stands behind the tool's name.</param>
    /// <param name="console">Where the command reads and writes.</param>
    public static ParseResult Parse(IReadOnlyList<string> arguments, ToolConsole console) =>
        // '@' begins a file of labels here, not one of arguments.
        CreateRoot(console).Parse(arguments, new ParserConfiguration { ResponseFileTokenReplacer = null });

    private static async Task<int> RunCommandAsync(string[] arguments, ToolConsole console, CancellationToken cancellationToken)
    {
        var parsed = Parse(arguments, console);
        var isVerbose = parsed.GetValue<bool>(VerboseOption);
        try
        {
            if (parsed.Action is ParseErrorAction or null || (parsed.Action is AsynchronousCommandLineAction && Misspellings.Find(parsed).Count > 0))
                return ReportUsage(parsed, console);
            return await parsed.InvokeAsync(
                new InvocationConfiguration
                {
                    Output = console.Output,
                    Error = console.Error,
                    EnableDefaultExceptionHandler = false,
                    // Signals come through the console's interruption.
                    ProcessTerminationTimeout = null,
                },
                cancellationToken);
        }
        catch (OperationCanceledException)
        {
            if (console.Loss is null)
                console.Report("cancelled.");
            return ExitCodes.Cancelled;
        }
        catch (UsageException e)
        {
            Report(console, e, $"{e.Message} See '{HelpOf(parsed)}'.", isVerbose);
            return ExitCodes.Usage;
        }
        catch (Exception e)
        {
            Report(console, e, Failures.Describe(e), isVerbose);
            return ExitCodes.Failure;
        }
    }

    private static RootCommand CreateRoot(ToolConsole console)
    {
        var root = new RootCommand("CLIP on the command line: classify, embed and search images by text, train, and look after checkpoints.")
        {
            new Option<bool>(JsonOption) { Description = "Write results as JSON to standard output, and nothing else there.", Recursive = true },
            new Option<bool>(VerboseOption) { Description = "Show where an error comes from (stack trace).", Recursive = true },
        };
        foreach (var command in CommandList.Create(console))
            root.Add(command);
        root.SetAction(parsed =>
        {
            root.Parse("--help").Invoke(new InvocationConfiguration { Output = console.Error });
            return ExitCodes.Usage;
        });
        HelpText.AddExamples(root, console);
        return root;
    }

    private static int ReportUsage(ParseResult parsed, ToolConsole console)
    {
        // What else is wrong may come from the misspelling, such as an option that is missing.
        var misspelled = Misspellings.Find(parsed);
        foreach (var error in misspelled.Count > 0 ? misspelled : parsed.Errors.Select(error => error.Message))
            console.Report(error);
        console.Report($"See '{HelpOf(parsed)}'.");
        return ExitCodes.Usage;
    }

    private static string HelpOf(ParseResult parsed) =>
        parsed.CommandResult.Command is ToolCommand command ? $"clip {command.Name} --help" : "clip --help";

    private static void Report(ToolConsole console, Exception exception, string message, bool isVerbose)
    {
        console.Report(message);
        if (isVerbose)
            console.Error.WriteLine(exception);
    }
}
