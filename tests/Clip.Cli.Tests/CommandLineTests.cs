using Clip.Cli.Commands;
using Clip.Cli.Tests.Support;
using Clip.Runtime;

namespace Clip.Cli.Tests;

public sealed class CommandLineTests
{
    private static readonly string[] Names = [.. CommandList.Create(new ToolConsole(Stream.Null, TextWriter.Null, TextWriter.Null)).Select(command => command.Name)];

    public static TheoryData<string> Commands => [.. Names];

    [Fact]
    public async Task Run_WithoutArguments_ShowsHelpOnStandardError()
    {
        var run = (await ToolRun.Of()).Returned(ExitCodes.Usage);

        Assert.Empty(run.Output);
        Assert.Contains("classify", run.Error);
    }

    [Fact]
    public async Task Run_Help_ListsCommandsExamplesAndExitCodes()
    {
        var run = (await ToolRun.Of("--help")).Returned(ExitCodes.Ok);

        Assert.All(Names, name => Assert.Contains(name, run.Output));
        Assert.Contains("clip classify --model", run.Output);
        Assert.Contains("130 cancelled", run.Output);
    }

    [Theory]
    [MemberData(nameof(Commands))]
    public async Task Run_HelpOfCommand_EndsWithExamplesThatParse(string name)
    {
        var run = (await ToolRun.Of(name, "--help")).Returned(ExitCodes.Ok);
        var examples = run.Output[run.Output.IndexOf("Examples:", StringComparison.Ordinal)..].Split('\n').Where(line => line.Contains("clip "));

        Assert.NotEmpty(examples);
        foreach (var example in examples)
        {
            var line = example[(example.IndexOf("clip ", StringComparison.Ordinal) + "clip ".Length)..].Split(" > ")[0].Split(" < ")[0];
            var words = System.CommandLine.Parsing.CommandLineParser.SplitCommandLine(line).ToArray();
            Assert.Empty(ClipTool.Parse(words, new ToolConsole(Stream.Null, TextWriter.Null, TextWriter.Null)).Errors);
        }
    }

    [Theory]
    [InlineData("nonsense")]
    [InlineData("tokenize")]
    [InlineData("tokenize", "--vocab", "x", "--context", "one")]
    [InlineData("tokenize", "--vocab", "x", "--context", "1")]
    [InlineData("tokenize", "--vocab", "x", "--preset", "other")]
    [InlineData("preprocess", "--size", "0", "--output", "x.safetensors", "a.png")]
    [InlineData("preprocess", "--size", "8", "--output", "x.safetensors", "a.png", "--mean", "1,2")]
    [InlineData("preprocess", "--size", "8", "--output", "x.safetensors", "a.png", "--std", "1,2,nan")]
    [InlineData("preprocess", "--size", "8", "--output", "x.safetensors")]
    [InlineData("classify", "--model", "m", "--labels", "a", "--top", "0", "x.png")]
    [InlineData("classify", "--model", "m", "--labels", "a", "--threshold", "1.5", "x.png")]
    [InlineData("classify", "--model", "m", "--labels", "", "x.png")]
    [InlineData("embed", "--model", "m", "--output", "x.npy", "--precision", "f8")]
    [InlineData("embed", "--model", "m", "--output", "x.npy", "--batch-size", "-1")]
    [InlineData("search", "--model", "m")]
    [InlineData("inspect")]
    [InlineData("inspect", "a", "b")]
    [InlineData("convert", "in", "out")]
    [InlineData("convert", "in", "out", "--to", "onnx")]
    [InlineData("convert", "in", "out", "--to", "hf", "--shard-size", "5 GB")]
    [InlineData("doctor", "--nonsense")]
    [InlineData("download")]
    [InlineData("evaluate", "--model", "m")]
    public async Task Run_WrongCommandLine_IsUsageError(params string[] arguments) =>
        (await ToolRun.Of(arguments)).FailedWith(ExitCodes.Usage, "--help");

    [Fact]
    public async Task Run_Verbose_ShowsWhereAnErrorComesFrom()
    {
        var run = (await ToolRun.Of("inspect", "missing.safetensors", "--verbose")).Returned(ExitCodes.Failure);

        Assert.Contains("   at ", run.Error);
    }

    [Fact]
    public async Task Run_Version_PrintsIt()
    {
        var run = (await ToolRun.Of("--version")).Returned(ExitCodes.Ok);

        Assert.Equal(DoctorCommand.ToolVersion + "\n", run.Output);
    }

    [Fact]
    public async Task Run_Doctor_ReportsMachineAndDecoders()
    {
        var text = (await ToolRun.Of("doctor", "--device", "cpu")).Returned(ExitCodes.Ok);
        Assert.Contains("libtorch", text.Output);
        Assert.Contains("Images", text.Output);
        Assert.Contains("Self-test", text.Output);

        var json = (await ToolRun.Of("doctor", "--device", "cpu", "--json")).Returned(ExitCodes.Ok).Json;
        Assert.Equal(DoctorCommand.ToolVersion, json.GetProperty("toolVersion").GetString());
        Assert.Equal("cpu", json.GetProperty("target").GetProperty("device").GetString());
        Assert.True(json.GetProperty("selfTest").GetProperty("passes").GetBoolean());
        Assert.Equal(ComputeTarget.Resolve("cpu").Precision.ToString(), json.GetProperty("target").GetProperty("precision").GetString());
    }

    [Fact]
    public async Task Run_DoctorOfDeviceThatIsNoDevice_SaysSoAndFails()
    {
        var run = await ToolRun.Of("doctor", "--device", "tpu");

        Assert.Equal(ExitCodes.Failure, run.ExitCode);
        Assert.Contains("tpu", run.Output + run.Error);
    }
}
