using Clip.Cli.Tests.Support;
using SkiaSharp;

namespace Clip.Cli.Tests.Commands;

public sealed class ExplainCommandTests(TinyModel model) : IClassFixture<TinyModel>, IDisposable
{
    private readonly TemporaryFolder _folder = new();

    private string Output => _folder.File("map.png");

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("dense"), InlineData("occlusion")]
    public async Task Run_ImageAndText_WritesTheMapOfTheLibrary(string method)
    {
        var options = new ExplanationOptions { Method = Enum.Parse<ExplanationMethod>(method, ignoreCase: true) };
        var expected = model.Clip.Explain(Images.Png, ["a dog", "a cat"], options)[0];

        var run = (await Explain("--method", method, "--against", "a cat", "--json", Images.Png, "a dog")).Returned(ExitCodes.Ok);

        Assert.Equal(expected.Values.ToArray(), run.Json.GetProperty("relevance").EnumerateArray().Select(value => value.GetSingle()));
        Assert.Equal(expected.Similarity, run.Json.GetProperty("similarity").GetSingle());
        Assert.Equal(expected.ToPng(), File.ReadAllBytes(Output));
        using var picture = SKBitmap.Decode(Output);
        Assert.NotNull(picture);
        Assert.Equal(["map.png"], _folder.Names);
    }

    [Fact]
    public async Task Run_Text_SaysWhatWasWritten()
    {
        var run = (await Explain(Images.Png, "a dog")).Returned(ExitCodes.Ok);

        Assert.Contains("map.png", run.Output);
        Assert.Contains("cosine similarity", run.Output);
    }

    [Fact]
    public async Task Run_NoImage_WritesNothing()
    {
        var run = (await Explain("nothing.png", "a dog")).Returned(ExitCodes.Failure);

        Assert.Contains("nothing.png", run.Error);
        Assert.Empty(_folder.Names);
    }

    [Fact]
    public async Task Run_BlocksWithOcclusion_IsRefused()
    {
        var run = (await Explain("--method", "occlusion", "--local-blocks", "2", Images.Png, "a dog")).Returned(ExitCodes.Usage);

        Assert.Contains("--local-blocks", run.Error);
    }

    private Task<ToolRun> Explain(params string[] arguments) => ToolRun.Of(["explain", "--model", model.Folder, "--device", "cpu", "--output", Output, .. arguments]);
}
