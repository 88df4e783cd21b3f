using System.Text;
using System.Text.Json;

namespace Clip.Cli.Tests.Support;

/// <summary>What the tool did with a command line, in this process.</summary>
/// <param name="ExitCode">What it returned.</param>
/// <param name="Output">Standard output.</param>
/// <param name="Error">Standard error.</param>
internal sealed record ToolRun(int ExitCode, string Output, string Error)
{
    /// <summary>Runs a command line without input.</summary>
    public static Task<ToolRun> Of(params string[] arguments) => WithInput("", arguments);

    /// <summary>Runs a command line on a text as standard input.</summary>
    public static async Task<ToolRun> WithInput(string input, params string[] arguments)
    {
        using var output = new StringWriter { NewLine = "\n" };
        using var error = new StringWriter { NewLine = "\n" };
        var console = new ToolConsole(new MemoryStream(Encoding.UTF8.GetBytes(input)), output, error);
        var code = await ClipTool.RunAsync(arguments, console, TestContext.Current.CancellationToken);
        return new ToolRun(code, output.ToString(), error.ToString());
    }

    /// <summary>The lines of standard output.</summary>
    public string[] Lines => Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);

    /// <summary>Standard output as one JSON document.</summary>
    public JsonElement Json => JsonDocument.Parse(Output).RootElement;

    /// <summary>Standard output as JSON Lines.</summary>
    public JsonElement[] JsonLines => [.. Lines.Select(line => JsonDocument.Parse(line).RootElement)];

    /// <summary>Requires an exit code, and shows why it is another.</summary>
    public ToolRun Returned(int code)
    {
        Assert.True(code == ExitCode, $"Expected exit code {code}, but it is {ExitCode}.\n{Error}");
        return this;
    }

    /// <summary>Requires a failure of one clear line: without a stack trace, and without output.</summary>
    public ToolRun FailedWith(int code, params string[] parts)
    {
        Returned(code);
        Assert.DoesNotContain("   at ", Error);
        Assert.Empty(Output);
        Assert.All(Error.Split('\n', StringSplitOptions.RemoveEmptyEntries), line => Assert.StartsWith("clip: ", line));
        Assert.All(parts, part => Assert.Contains(part, Error));
        return this;
    }
}
