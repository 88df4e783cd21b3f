using System.CommandLine;
using Clip.Cli.Commands;

namespace Clip.Cli.Tests;

/// <summary>The reference in docs/tool.md, held beside the commands.</summary>
public sealed class DocumentationTests
{
    private static readonly ToolCommand[] All = [.. CommandList.Create(new ToolConsole(Stream.Null, TextWriter.Null, TextWriter.Null))];

    [Fact]
    public void Reference_EveryCommandAndOption_IsDescribed()
    {
        var reference = File.ReadAllText(Path.Combine(Fixtures.Repository, "docs", "tool.md")).ReplaceLineEndings("\n");
        var sections = reference.Split("\n## ");
        var shared = sections.Single(section => section.StartsWith("What all commands share", StringComparison.Ordinal));

        foreach (var command in All)
        {
            var section = Assert.Single(sections, section => section.StartsWith($"clip {command.Name}\n", StringComparison.Ordinal));
            Assert.All(command.Options.Where(option => option is not System.CommandLine.Help.HelpOption), option =>
                Assert.True(
                    section.Contains(option.Name, StringComparison.Ordinal) || shared.Contains($"`{option.Name}", StringComparison.Ordinal),
                    $"{option.Name} of clip {command.Name} is not in docs/tool.md."));
        }
    }

    [Fact]
    public void Readme_EveryCommand_IsListed()
    {
        var readme = File.ReadAllText(Path.Combine(Fixtures.Repository, "src", "Clip.Cli", "README.md"));

        Assert.All(All, command => Assert.Contains($"| `{command.Name}` |", readme));
    }
}
