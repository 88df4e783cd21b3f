using Clip.Cli.Tests.Support;
using Clip.Models;

namespace Clip.Cli.Tests.Commands;

public sealed class CaptionCommandTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly string _model;

    public CaptionCommandTests() => _model = TinyClip.Write(Path.Combine(_folder.Path, "coca"), config: TinyClip.CoCa);

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Run_Images_GivesCaptionsOfTheLibrary()
    {
        using var clip = ClipModel.Load(_model, new ClipModelOptions { Device = "cpu" });
        var options = new CaptionOptions { Beams = 3, MaxLength = 12, Prompt = "the" };

        var run = (await Caption("--json", "--beams", "3", "--max-length", "12", "--prompt", "the", Images.Jpeg, Images.Png)).Returned(ExitCodes.Ok);

        Assert.Equal([Images.Jpeg, Images.Png], run.JsonLines.Select(line => line.GetProperty("image").GetString()));
        Assert.Equal(
            [clip.Caption(Images.Jpeg, options), clip.Caption(Images.Png, options)],
            run.JsonLines.Select(line => line.GetProperty("caption").GetString()));
        Assert.All(run.JsonLines, line => Assert.StartsWith("the", line.GetProperty("caption").GetString()));
    }

    [Fact]
    public async Task Run_Seed_RepeatsItsCaptions()
    {
        var first = (await Caption("--json", "--temperature", "3", "--seed", "1", Images.Png)).Returned(ExitCodes.Ok);
        var again = (await Caption("--json", "--temperature", "3", "--seed", "1", Images.Png)).Returned(ExitCodes.Ok);
        var other = (await Caption("--json", "--temperature", "3", "--seed", "2", Images.Png)).Returned(ExitCodes.Ok);

        Assert.Equal(first.Output, again.Output);
        Assert.NotEqual(first.Output, other.Output);
    }

    [Fact]
    public async Task Run_Redirected_WritesColumnsWithTabs()
    {
        var run = (await Caption(Images.Png, Images.Jpeg)).Returned(ExitCodes.Ok);

        Assert.Equal(2, run.Lines.Length);
        Assert.All(run.Lines, line => Assert.Equal(2, line.Split('\t').Length));
    }

    [Fact]
    public async Task Run_UnreadableImage_IsListedAndLeftOut()
    {
        var run = (await Caption("--json", Images.Broken, Images.Png)).Returned(ExitCodes.SomeLeftOut);

        Assert.Contains(Images.Broken, run.Error);
        Assert.True(run.JsonLines[0].TryGetProperty("error", out _));
        Assert.True(run.JsonLines[1].TryGetProperty("caption", out _));
    }

    [Fact]
    public async Task Run_ModelWithoutDecoder_FailsWithTheRemedy()
    {
        var plain = TinyClip.Write(Path.Combine(_folder.Path, "plain"));

        (await ToolRun.Of("caption", "--model", plain, "--device", "cpu", Images.Png)).FailedWith(ExitCodes.Failure, "CoCa");
    }

    [Theory]
    [InlineData("--beams", "0")]
    [InlineData("--top-p", "1.5")]
    [InlineData("--seed", "1")]
    public async Task Run_WrongOption_IsUsageError(string option, string value) => (await Caption(option, value, Images.Png)).FailedWith(ExitCodes.Usage, option);

    [Fact]
    public async Task Run_LongerThanTheModel_Fails() => (await Caption("--max-length", "25", Images.Png)).FailedWith(ExitCodes.Failure, "--max-length must be from 2 to 24");

    private Task<ToolRun> Caption(params string[] more) => ToolRun.Of(["caption", "--model", _model, "--device", "cpu", .. more]);
}
