using Clip.Cli.Tests.Support;

namespace Clip.Cli.Tests;

public sealed class MisspellingsTests
{
    [Theory]
    [InlineData("clasify", "classify")]
    [InlineData("Classify", "classify")]
    [InlineData("serach", "search")]
    [InlineData("eval", "evaluate")]
    [InlineData("model", "models")]
    public async Task Run_MisspelledCommand_NamesTheNearest(string word, string command) =>
        (await ToolRun.Of(word, "--model", "m")).FailedWith(ExitCodes.Usage, $"There is no command '{word}'. Did you mean {command}?", "--help");

    [Theory]
    [InlineData("--modle", "--model")]
    [InlineData("--label", "--labels")]
    [InlineData("--tpo", "--top")]
    [InlineData("--vocab", "--vocabulary")]
    [InlineData("-model", "--model")]
    [InlineData("--jsno", "--json")]
    public async Task Run_MisspelledOption_NamesTheNearest(string word, string option) =>
        (await ToolRun.Of("classify", "--model", "m", "--labels", "a", "x.png", word, "3"))
            .FailedWith(ExitCodes.Usage, $"There is no option '{word}' of clip classify. Did you mean {option}?");

    [Fact]
    public async Task Run_MisspelledRequiredOption_IsTheOnlyComplaint()
    {
        var run = (await ToolRun.Of("classify", "--modell=m", "--labels", "a", "x.png")).FailedWith(ExitCodes.Usage, "--modell", "Did you mean --model?");

        Assert.DoesNotContain("required", run.Error);
    }

    [Theory]
    [InlineData("zzzzzz")]
    [InlineData("--zzzzzz")]
    public async Task Run_NothingLikeIt_SuggestsNothing(string word)
    {
        var run = (await ToolRun.Of(word)).FailedWith(ExitCodes.Usage, word);

        Assert.DoesNotContain("Did you mean", run.Error);
    }

    [Fact]
    public async Task Run_DashesBehindTwoDashes_AreAnImage() =>
        (await ToolRun.Of("classify", "--model", "./missing", "--labels", "a", "--", "--modle")).FailedWith(ExitCodes.Failure, "--modle");
}
