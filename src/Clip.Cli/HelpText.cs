using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;
using Clip.Cli.Commands;

namespace Clip.Cli;

/// <summary>Adds examples, and for the tool itself the exit codes, to the end of the help; and tells the tool's version, not the host's.</summary>
internal static class HelpText
{
    // Longer lines are hard to follow, and shorter ones than the narrowest hold no description.
    private const int Widest = 110;
    private const int Narrowest = 40;

    private const string Indent = "  ";

    private const string ExitCodeWords =
        "0 done, 1 failed, 2 wrong command line, 3 done but some inputs were unreadable and left out, 130 cancelled, 141 output closed";

    private static readonly string[] FirstSteps =
    [
        "clip classify --model ViT-B/32 --labels \"a cat,a dog\" photo.jpg",
        "clip search --model ViT-B/32 --images ~/Images --query \"a lighthouse at dusk\"",
        "clip doctor",
    ];

    /// <summary>Replaces the actions of the options for help and version.</summary>
    /// <param name="root">The tool.</param>
    /// <param name="console">Where the help is read.</param>
    public static void AddExamples(RootCommand root, ToolConsole console)
    {
        var help = root.Options.OfType<HelpOption>().Single();
        help.Action = new WithExamples(Math.Clamp(console.Width ?? Widest, Narrowest, Widest), wrapsExamples: console.Width is not null);
        root.Options.OfType<VersionOption>().Single().Action = new Version();
    }

    private sealed class Version : SynchronousCommandLineAction
    {
        public override bool ClearsParseErrors => true;

        public override int Invoke(ParseResult parseResult)
        {
            parseResult.InvocationConfiguration.Output.WriteLine(DoctorCommand.ToolVersion);
            return ExitCodes.Ok;
        }
    }

    private sealed class WithExamples(int width, bool wrapsExamples) : SynchronousCommandLineAction
    {
        public override bool ClearsParseErrors => true;

        public override int Invoke(ParseResult parseResult)
        {
            var output = parseResult.InvocationConfiguration.Output;
            var command = parseResult.CommandResult.Command;
            new HelpPage(output, width).Write(command);
            output.WriteLine("Examples:");
            foreach (var example in command is ToolCommand { Examples: var examples } ? examples : FirstSteps)
                WriteCommandLine(output, example);
            output.WriteLine();
            if (command is RootCommand)
            {
                output.WriteLine("Exit codes:");
                foreach (var line in Words.Wrap(Words.Of(ExitCodeWords), width - Indent.Length))
                    output.WriteLine(Indent + line);
                output.WriteLine();
            }
            return ExitCodes.Ok;
        }

        // With a backslash at the end of a line, shells read on: what is shown can be pasted.
        private void WriteCommandLine(TextWriter output, string commandLine)
        {
            var indent = Indent;
            foreach (var line in Words.Wrap(Words.OfCommandLine(commandLine), wrapsExamples ? width - 2 * Indent.Length : int.MaxValue, ending: " \\"))
            {
                output.WriteLine(indent + line);
                indent = Indent + Indent;
            }
        }
    }
}
