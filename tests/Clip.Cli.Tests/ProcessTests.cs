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
            Assert.StartsWith("{\"ids\":[", await tool.Output.ReadLineAsync(Patience.Token));
        }
        tool.Input.Close();

        (await tool.EndAsync()).Returned(ExitCodes.Ok);
    }

    [Theory]
    [InlineData(Signals.Interrupt)]
    [InlineData(Signals.Terminate)]
    public async Task Process_Signaled_EndsWithItsCode(int signal)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows sends Ctrl-C to consoles, not to processes.");
        using var tool = new ToolProcess("tokenize", "--vocab", model.Folder);
        await AnswerOneTextAsync(tool);

        tool.Send(signal);

        var run = (await tool.EndAsync()).Returned(ExitCodes.Cancelled);
        Assert.Equal("clip: cancelled.\n", run.Error.ReplaceLineEndings("\n"));
    }

    // A reader that does not read keeps a command in a call that nothing cancels.
    [Fact]
    public async Task Process_HangsAndIsSignaledTwice_EndsWithItsCode()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows sends Ctrl-C to consoles, not to processes.");
        using var tool = new ToolProcess("tokenize", "--vocab", model.Folder);
        await AnswerOneTextAsync(tool);
        var written = 0L;
        var writing = Task.Run(async () =>
        {
            for (; ; written++)
                await tool.Input.WriteLineAsync("{\"text\":\"a\"}");
        });
        for (var before = -1L; before != written; await Task.Delay(TimeSpan.FromMilliseconds(300)))
            before = written;

        tool.Send(Signals.Terminate);
        tool.Send(Signals.Terminate);

        Assert.Equal((ExitCodes.Cancelled, ""), await tool.EndWithoutOutputAsync());
        await Assert.ThrowsAsync<IOException>(() => writing.WithinLimit());
    }

    [Fact]
    public async Task Process_OutputClosed_EndsQuietly()
    {
        using var tool = new ToolProcess("tokenize", "--vocab", model.Folder);
        await AnswerOneTextAsync(tool);

        tool.Output.Close();
        await tool.Input.WriteLineAsync("{\"text\":\"a\"}");
        await tool.Input.FlushAsync(TestContext.Current.CancellationToken);

        Assert.Equal((ExitCodes.OutputClosed, ""), await tool.EndWithoutOutputAsync());
    }

    [Theory]
    [InlineData("--help")]
    [InlineData("download", "--list")]
    public async Task Process_OutputOnFullDevice_EndsWithOneLine(params string[] arguments)
    {
        Assert.SkipUnless(File.Exists("/dev/full"), "This system has no /dev/full.");
        using var tool = ToolProcess.StartBy(["/bin/sh", "-c", "exec \"$@\" > /dev/full", "sh"], arguments);

        Assert.Contains("standard output", (await tool.EndAsync()).FailedWith(ExitCodes.Failure).Error);
    }

    // Who appends to a log, or writes results and errors into one file, finds both in it.
    [Fact]
    public async Task Process_BothStreamsInOneFile_OverwriteNothing()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "There is no such shell on Windows.");
        using var folder = new TemporaryFolder();
        var log = folder.Write("log", [.. "before\n"u8]);
        using var tool = ToolProcess.StartBy(
            ["/bin/sh", "-c", $"{{ \"$@\"; echo after; }} >> '{log}' 2>&1", "sh"], "preprocess", "--size", "16", "--output", folder.File("o.safetensors"), Images.Png, Images.Broken);

        (await tool.EndAsync()).Returned(ExitCodes.Ok);

        var lines = await File.ReadAllLinesAsync(log, TestContext.Current.CancellationToken);
        Assert.Equal(4, lines.Length);
        Assert.Equal(("before", "after"), (lines[0], lines[^1]));
        Assert.Contains(lines, line => line.StartsWith("1 of 2 images", StringComparison.Ordinal));
        Assert.Contains(lines, line => line.StartsWith("clip: ", StringComparison.Ordinal));
    }

    // As shells start the jobs of a script in the background: Ctrl-C is meant for what runs in front.
    [Fact]
    public async Task Process_StartedWithInterruptsIgnored_EndsBySigtermAlone()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no signals.");
        using var tool = new ToolProcess(InterruptDisposition.Ignored, "tokenize", "--vocab", model.Folder);
        await AnswerOneTextAsync(tool);

        tool.Send(Signals.Interrupt);
        await AnswerOneTextAsync(tool);
        tool.Send(Signals.Terminate);

        (await tool.EndAsync()).Returned(ExitCodes.Cancelled);
    }

    [Fact]
    public async Task Process_Json_WritesNothingElseToStandardOutput()
    {
        using var tool = new ToolProcess("classify", "--model", model.Folder, "--device", "cpu", "--labels", "cat,dog", "--json", Images.Png, Images.Broken);

        var run = (await tool.EndAsync()).Returned(ExitCodes.SomeLeftOut);

        Assert.Equal(2, run.JsonLines.Length);
        Assert.Contains("truncated_half.png", run.Error);
        Assert.DoesNotContain('\u001B', run.Output + run.Error);
    }

    private static async Task AnswerOneTextAsync(ToolProcess tool)
    {
        await tool.Input.WriteLineAsync("{\"text\":\"a\"}");
        await tool.Input.FlushAsync(TestContext.Current.CancellationToken);
        Assert.StartsWith("{\"ids\":[", await tool.Output.ReadLineAsync(Patience.Token));
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
