using Clip.Cli.Tests.Support;

namespace Clip.Cli.Tests;

/// <summary>What only a process shows: exit codes, redirection, signals.</summary>
public sealed class ProcessTests(TinyModel model)
{
    [Fact]
    public async Task Process_TextByText_AnswersEachBeforeTheNext()
    {
        using var tool = new ToolProcess("tokenize", "--vocab", model.Folder);

        foreach (var text in (string[])["the", "photo"])
        {
            await tool.Input.WriteLineAsync($"{{\"text\":\"{text}\"}}");
            await tool.Input.FlushAsync(TestContext.Current.CancellationToken);
            Assert.StartsWith("{\"ids\":[", await tool.Output.ReadLineAsync(TestContext.Current.CancellationToken));
        }
        tool.Input.Close();

        (await tool.EndAsync()).Returned(ExitCodes.Ok);
    }

    [Fact]
    public async Task Process_Interrupted_EndsWithItsCode()
    {
        if (OperatingSystem.IsWindows())
            Assert.Skip("Windows sends Ctrl-C to consoles, not to processes.");
        using var tool = new ToolProcess("tokenize", "--vocab", model.Folder);
        await tool.Input.WriteLineAsync("{\"text\":\"a\"}");
        await tool.Input.FlushAsync(TestContext.Current.CancellationToken);
        await tool.Output.ReadLineAsync(TestContext.Current.CancellationToken);

        tool.Cancel();

        var run = (await tool.EndAsync()).Returned(ExitCodes.Cancelled);
        Assert.Equal("clip: cancelled.\n", run.Error.ReplaceLineEndings("\n"));
    }

    [Fact]
    public async Task Process_Json_WritesNothingElseToStandardOutput()
    {
        using var tool = new ToolProcess("classify", "--model", model.Folder, "--device", "cpu", "--labels", "cat,dog", "--json", Pictures.Png, Pictures.Broken);

        var run = (await tool.EndAsync()).Returned(ExitCodes.SomeLeftOut);

        Assert.Equal(2, run.JsonLines.Length);
        Assert.Contains("truncated_half.png", run.Error);
        Assert.DoesNotContain('\u001B', run.Output + run.Error);
    }

    [Theory]
    [InlineData(ExitCodes.Usage, "inspect")]
    [InlineData(ExitCodes.Failure, "inspect", "missing.safetensors")]
    public async Task Process_WrongCommand_EndsWithItsCode(int code, params string[] arguments)
    {
        using var tool = new ToolProcess(arguments);

        (await tool.EndAsync()).FailedWith(code);
    }
}
