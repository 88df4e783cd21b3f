using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;
using Clip.Cli.Commands;

namespace Clip.Cli;

/// <summary>Adds examples, and for the tool itself the exit codes, to the end of the help; and tells the tool's version, not the host's.</summary>
internal static class HelpText
{
    private const int Width = 110;

    private static readonly string[] FirstSteps =
    [
        "clip classify --model ViT-B/32 --labels \"a cat,a dog\" photo.jpg",
        "clip search --model ViT-B/32 --images ~/Images --query \"a lighthouse at dusk\"",
        "clip doctor",
    ];

    /// <summary>Replaces the actions of the options for help and version.</summary>
    /// <param name="root">The tool.</param>
    public static void AddExamples(RootCommand root)
    {
        var help = root.Options.OfType<HelpOption>().Single();
        help.Action = new WithExamples();
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

    private sealed class WithExamples : SynchronousCommandLineAction
    {
        private readonly HelpAction _help = new() { MaxWidth = Width };

        public override bool ClearsParseErrors => true;

        public override int Invoke(ParseResult parseResult)
        {
            _help.Invoke(parseResult);
            var output = parseResult.InvocationConfiguration.Output;
            var command = parseResult.CommandResult.Command;
            output.WriteLine("Examples:");
            foreach (var example in command is ToolCommand { Examples: var examples } ? examples : FirstSteps)
                output.WriteLine($"  {example}");
            output.WriteLine();
            if (command is RootCommand)
            {
                output.WriteLine("Exit codes:");
                output.WriteLine("  0 done, 1 failed, 2 wrong command line, 3 done but some inputs were unreadable and left out, 130 cancelled, 141 output closed");
                output.WriteLine();
            }
            return ExitCodes.Ok;
        }
    }
}
