using Clip.Cli.Commands;
using Clip.Cli.Tests.Support;

namespace Clip.Cli.Tests.Console;

public sealed class WidthTests
{
    private const int Narrow = 40;
    private const int Wide = 200;

    public static TheoryData<string> Commands => [.. CommandList.Create(new ToolConsole(Stream.Null, TextWriter.Null, TextWriter.Null)).Select(command => command.Name)];

    [Theory]
    [MemberData(nameof(Commands))]
    public async Task Help_Narrow_FitsAndKeepsWordsWhole(string command)
    {
        var text = await RunAsync(Narrow, command, "--help");

        var wide = (await RunAsync(Wide, command, "--help")).Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)
            .Select(word => word.Trim('[', ']', '<', '>')).Append("required").ToHashSet();
        foreach (var line in text.Split('\n'))
        {
            var words = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            // A word is never cut, nor what stands in quotes.
            var pieces = Words.OfCommandLine(line).ToArray();
            Assert.True(line.Length <= Narrow || pieces.Length == 1 || pieces is [_, "\\"], $"{line.Length} characters: {line}");
            Assert.All(words, word => Assert.True(word == "\\" || word.Contains('|') || wide.Contains(word.Trim('[', ']', '<', '>')), $"'{word}' is part of a word in: {line}"));
        }
    }

    [Theory]
    [MemberData(nameof(Commands))]
    public async Task Help_Wide_HasNoLongLines(string command) =>
        Assert.All((await RunAsync(Wide, command, "--help")).Split('\n'), line => Assert.True(line.Length <= 110, line));

    // The narrowest terminal with two columns.
    [Theory]
    [MemberData(nameof(Commands))]
    public async Task Help_EightyCharacters_FitsAndKeepsColumnsApart(string command)
    {
        var lines = (await RunAsync(80, command, "--help")).Split('\n');

        Assert.All(lines, line => Assert.True(line.Length <= 80, line));
        var options = lines.SkipWhile(line => line != "Options:").Skip(1).TakeWhile(line => line.Length > 0).ToList();
        var column = options.Single(line => line.StartsWith("  --json ", StringComparison.Ordinal)).IndexOf("Write results", StringComparison.Ordinal);
        Assert.All(options, line => Assert.True(line.Length <= column || line[(column - 2)..column] == "  ", line));
    }

    [Fact]
    public async Task Models_Narrow_AreRecordsWithWholeNames()
    {
        var text = await RunAsync(Narrow, "models", "MobileCLIP2-S0");

        Assert.Contains("MobileCLIP2-S0/dfndr2b\n", text);
        Assert.Contains("  Pixels: 256\n", text);
        Assert.DoesNotContain("│", text);
    }

    [Fact]
    public async Task Models_Wide_AreATableWithWholeNames()
    {
        var text = await RunAsync(Wide, "models", "MobileCLIP2-S0");

        var row = Assert.Single(text.Split('\n'), line => line.Contains("MobileCLIP2-S0/dfndr2b"));
        Assert.Contains("│", row);
        Assert.Contains("256", row);
    }

    private static async Task<string> RunAsync(int width, params string[] arguments)
    {
        using var output = new StringWriter { NewLine = "\n" };
        var console = new ToolConsole(Stream.Null, output, TextWriter.Null, isOutputTerminal: true) { Width = width };
        Assert.Equal(ExitCodes.Ok, await ClipTool.RunAsync(arguments, console, Patience.Token));
        return output.ToString().ReplaceLineEndings("\n");
    }
}
