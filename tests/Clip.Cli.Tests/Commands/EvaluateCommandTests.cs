using System.Text;
using Clip.Cli.Tests.Support;
using Clip.ZeroShot;
using Clip.ZeroShot.Evaluation;

namespace Clip.Cli.Tests.Commands;

public sealed class EvaluateCommandTests(TinyModel model) : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Run_LabelledFolder_GivesFiguresOfTheLibrary()
    {
        WriteClasses();
        using var classifier = new ZeroShotClassifier(model.Clip, ["cat", "dog"]);
        var expected = await classifier.EvaluateAsync(LabelledImages.FromFolder(_folder.Path).Images, cancellationToken: TestContext.Current.CancellationToken);

        var json = (await Evaluate("--images", _folder.Path, "--json")).Returned(ExitCodes.Ok).Json;

        Assert.Equal(3, json.GetProperty("images").GetInt32());
        Assert.Equal(expected.Metrics.Top1, json.GetProperty("top1").GetDouble());
        Assert.Equal(1, json.GetProperty("top5").GetDouble());
        Assert.Equal("cat", json.GetProperty("perClass")[0].GetProperty("label").GetString());
    }

    [Fact]
    public async Task Run_UnreadablePicture_IsLeftOut()
    {
        WriteClasses();
        File.Copy(Pictures.Broken, _folder.File("cat/broken.png"));

        var run = (await Evaluate("--images", _folder.Path)).Returned(ExitCodes.SomeLeftOut);

        Assert.Contains("broken.png", run.Error);
        Assert.StartsWith("top-1\t", run.Output);
    }

    [Theory]
    [InlineData("pairs.csv", "image,caption\na.jpg,\"the, photo\"\nb.png,a phone\nb.png,than\n")]
    [InlineData("pairs.tsv", "caption\tfilepath\nthe, photo\ta.jpg\na phone\tb.png\nthan\tb.png\n")]
    [InlineData("pairs.jsonl", "{\"image\":\"a.jpg\",\"caption\":\"the, photo\"}\n\n{\"image\":\"b.png\",\"text\":\"a phone\"}\n{\"image\":\"b.png\",\"text\":\"than\"}\n")]
    public async Task Run_Pairs_GivesRecallOfTheLibrary(string name, string list)
    {
        Pictures.CopyTo(_folder.Path);
        var path = _folder.Write(name, Encoding.UTF8.GetBytes(list));
        var expected = RetrievalMetrics.Compute(
            model.Clip.EmbedImages([_folder.File("a.jpg"), _folder.File("b.png")]), model.Clip.EmbedTexts(["the, photo", "a phone", "than"]), [0, 1, 1], TestContext.Current.CancellationToken);

        var json = (await Evaluate("--pairs", path, "--json")).Returned(ExitCodes.Ok).Json;

        Assert.Equal(3, json.GetProperty("texts").GetInt32());
        Assert.Equal(expected.GetTextRecall(1), json.GetProperty("textRecall").GetProperty("at1").GetDouble());
        Assert.Equal(expected.GetImageRecall(1), json.GetProperty("imageRecall").GetProperty("at1").GetDouble());
        Assert.Equal(1, json.GetProperty("imageRecall").GetProperty("at5").GetDouble());
    }

    [Theory]
    [InlineData("pairs.csv", "picture,words\na.jpg,b\n", "has no column named image")]
    [InlineData("pairs.csv", "image,caption\n,b\n", "row 1: there is no picture")]
    [InlineData("pairs.jsonl", "{\"image\":\"a.jpg\"}\n", "line 1")]
    [InlineData("pairs.jsonl", "\n", "There are no pairs")]
    public async Task Run_ListThatIsNone_NamesTheLine(string name, string list, string expected) =>
        (await Evaluate("--pairs", _folder.Write(name, Encoding.UTF8.GetBytes(list)))).FailedWith(ExitCodes.Failure, expected);

    [Theory]
    [InlineData]
    [InlineData("--images", "x", "--pairs", "y.csv")]
    [InlineData("--list", "x.tsv")]
    [InlineData("--pairs", "pairs.parquet")]
    public async Task Run_NotOneSet_IsUsageError(params string[] more)
    {
        using var here = new TemporaryFolder();
        here.Write("pairs.parquet", []);
        (await Evaluate([.. more.Select(word => word == "pairs.parquet" ? here.File(word) : word)])).FailedWith(ExitCodes.Usage);
    }

    [Fact]
    public async Task Run_ListOfUnknownLabel_NamesTheLine()
    {
        var list = _folder.Write("list.tsv", [.. "a.jpg\tcat\nb.jpg\tcow\n"u8]);

        (await Evaluate("--list", list, "--labels", "cat,dog")).FailedWith(ExitCodes.Failure, "line 2", "cow");
    }

    private void WriteClasses()
    {
        Directory.CreateDirectory(_folder.File("cat"));
        Directory.CreateDirectory(_folder.File("dog"));
        File.Copy(Pictures.Jpeg, _folder.File("cat/1.jpg"));
        File.Copy(Pictures.Png, _folder.File("cat/2.png"));
        File.Copy(Pictures.Bmp, _folder.File("dog/1.bmp"));
    }

    private Task<ToolRun> Evaluate(params string[] more) => ToolRun.Of(["evaluate", "--model", model.Folder, "--device", "cpu", .. more]);
}
