using System.Text;
using Clip.Cli.Tests.Support;

namespace Clip.Cli.Tests;

/// <summary>Standard output and standard error whose reader goes away, or whose disk is full.</summary>
public sealed class OutputLossTests(TinyModel model, TrainingImages images) : IClassFixture<TrainingImages>, IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public static TheoryData<string[]> Commands => new(
        ["--help"],
        ["--version"],
        ["embed", "--help"],
        ["download", "--list"],
        ["inspect", "MODEL"],
        ["inspect", "MODEL", "--json"],
        ["tokenize", "--vocab", "MODEL"],
        ["classify", "--model", "MODEL", "--device", "cpu", "--labels", "a,b", "--json", "PICTURE"],
        ["classify", "--model", "MODEL", "--device", "cpu", "--labels", "a,b", "PICTURE"],
        ["preprocess", "--size", "16", "--output", "FOLDER/o.safetensors", "PICTURE"]);

    public void Dispose() => _folder.Dispose();

    [Theory]
    [MemberData(nameof(Commands))]
    public async Task Run_OutputClosed_EndsQuietly(string[] arguments)
    {
        var (code, error) = await RunAsync(new FailingStream(FailingStream.Closed), arguments);

        Assert.Equal((ExitCodes.OutputClosed, ""), (code, error));
    }

    [Theory]
    [MemberData(nameof(Commands))]
    public async Task Run_OutputFull_EndsWithOneLine(string[] arguments)
    {
        var (code, error) = await RunAsync(new FailingStream(FailingStream.Full), arguments);

        Assert.Equal((ExitCodes.Failure, "clip: standard output cannot be written: No space left on device\n"), (code, error));
    }

    [Fact]
    public Task Doctor_OutputFull_EndsWithOneLine() => Run_OutputFull_EndsWithOneLine(["doctor"]);

    [Fact]
    public async Task Run_ErrorClosed_EndsQuietly()
    {
        var console = ToolConsole.Create(Stream.Null, new MemoryStream(), new FailingStream(FailingStream.Closed), new Interruption());

        Assert.Equal(ExitCodes.OutputClosed, await ClipTool.RunAsync(["inspect", "missing"], console, TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Run_ErrorFull_Fails()
    {
        var console = ToolConsole.Create(Stream.Null, new MemoryStream(), new FailingStream(FailingStream.Full), new Interruption());

        Assert.Equal(
            ExitCodes.Failure,
            await ClipTool.RunAsync(["preprocess", "--size", "16", "--output", _folder.File("o.safetensors"), Images.Png, Images.Broken], console, TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Train_OutputClosed_EndsWithCheckpoint()
    {
        string[] arguments =
        [
            "train", "--init", model.Folder, "--device", "cpu", "--data", images.List, "--steps", "1000000", "--batch-size", "8", "--report-every", "1", "--json",
            "--output", _folder.File("run"),
        ];

        var (code, error) = await RunAsync(new FailingStream(FailingStream.Closed, room: 2000), arguments);

        Assert.Equal(ExitCodes.OutputClosed, code);
        Assert.Contains("has a checkpoint of step", error);
        Assert.Single(Directory.GetDirectories(_folder.File("run"), "step-*"));
    }

    // Standard input never ends: whatever reads it has to notice.
    private async Task<(int Code, string Error)> RunAsync(Stream output, string[] arguments)
    {
        using var error = new MemoryStream();
        var console = ToolConsole.Create(new EndlessLines([.. "{\"text\":\"a\"}\n"u8]), output, error, new Interruption());
        string[] given = [.. arguments.Select(argument => argument.Replace("MODEL", model.Folder).Replace("PICTURE", Images.Png).Replace("FOLDER", _folder.Path))];

        var code = await Task.Run(() => ClipTool.RunAsync(given, console, TestContext.Current.CancellationToken)).WithinLimit();

        return (code, Encoding.UTF8.GetString(error.ToArray()).ReplaceLineEndings("\n"));
    }
}
