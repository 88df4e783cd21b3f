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
    public async Task Run_UnreadableImage_IsLeftOut()
    {
        WriteClasses();
        File.Copy(Images.Broken, _folder.File("cat/broken.png"));

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
        Images.CopyTo(_folder.Path);
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
    [InlineData("pairs.csv", "photo,words\na.jpg,b\n", "has no column 'filepath' or 'image'")]
    [InlineData("pairs.csv", "image,caption\n,b\n", "row 1 of pairs.csv")]
    [InlineData("pairs.csv", "filepath,title\na.jpg,a photo\nb.png,a photo, of it\n", "row 2 has 3 fields, the first line has 2")]
    [InlineData("pairs.csv", "filepath,title\na.jpg,\"a\" photo\n", "give --quoting none")]
    [InlineData("pairs.tsv", "filepath\ttitle\na.jpg\t\"a\nb.png\tb\"\n", "give --quoting standard or --quoting none")]
    [InlineData("pairs.csv", "photo,title\na.jpg,b\n", "--image-column")]
    [InlineData("pairs.parquet", "PAR1PAR1PAR1", "Parquet")]
    [InlineData("pairs.jsonl", "{\"image\":\"a.jpg\"}\n", "line 1")]
    [InlineData("pairs.jsonl", "\n", "has no rows")]
    public async Task Run_ListThatIsNone_NamesTheLine(string name, string list, string expected) =>
        (await Evaluate("--pairs", _folder.Write(name, Encoding.UTF8.GetBytes(list)))).FailedWith(ExitCodes.Failure, expected);

    [Theory]
    [InlineData]
    [InlineData("--images", "x", "--pairs", "y.csv")]
    [InlineData("--list", "x.tsv")]
    [InlineData("--pairs", "pairs.xlsx")]
    [InlineData("--pairs", "pairs.csv", "--separator", ",;")]
    [InlineData("--images", "x", "--quoting", "none")]
    public async Task Run_NotOneSet_IsUsageError(params string[] more) => (await Evaluate(more)).FailedWith(ExitCodes.Usage);

    [Fact]
    public async Task Run_PairsThatAreNotUtf8_NamesTheRow() =>
        (await Evaluate("--pairs", _folder.Write("latin1.csv", Encoding.Latin1.GetBytes("filepath,title\na.jpg,a caf\u00E9\n"))))
            .FailedWith(ExitCodes.Failure, "latin1.csv", "row 1", "UTF-8");

    [Fact]
    public async Task Run_PairsWithoutCaptionOrImage_AreLeftOut()
    {
        Images.CopyTo(_folder.Path);
        var path = _folder.Write("pairs.csv", [.. "filepath,title\na.jpg,a photo\nb.png,\n,a phone\n"u8]);

        var json = (await Evaluate("--pairs", path, "--json")).Returned(ExitCodes.SomeLeftOut).Json;

        Assert.Equal(1, json.GetProperty("texts").GetInt32());
        Assert.Equal(2, json.GetProperty("leftOut").GetArrayLength());
    }

    [Theory]
    [InlineData("pairs.csv", "words;file\n\"the; photo\";a.jpg\n\"\"\"a\"\" phone\";b.png\n", "--image-column", "file", "--caption-column", "words", "--separator", ";")]
    [InlineData("pairs.tsv", "filepath\ttitle\na.jpg\tthe; photo\nb.png\t\"a\" phone\n")]
    [InlineData("pairs.csv", "filepath\ttitle\na.jpg\tthe; photo\nb.png\t\"a\" phone\n", "--quoting", "none")]
    [InlineData("pairs.csv", "filepath,title\na.jpg,the; photo\nb.png,\"\"\"a\"\" phone\"\n\n")]
    [InlineData("pairs.csv", "filepath;title\r\na.jpg;\"the; photo\"\r\nb.png;\"\"\"a\"\" phone\"\r\n\r\n")]
    public async Task Run_PairsInAnyWriting_AreThoseThatTrainingReads(string name, string list, params string[] options)
    {
        Images.CopyTo(_folder.Path);
        var path = _folder.Write(name, Encoding.UTF8.GetBytes(list));
        var expected = RetrievalMetrics.Compute(
            model.Clip.EmbedImages([_folder.File("a.jpg"), _folder.File("b.png")]), model.Clip.EmbedTexts(["the; photo", "\"a\" phone"]), [0, 1], TestContext.Current.CancellationToken);

        var json = (await Evaluate(["--pairs", path, "--json", .. options])).Returned(ExitCodes.Ok).Json;
        var training = await ToolRun.Of(
            ["train", "--init", model.Folder, "--data", path, "--output", _folder.File("run"), "--device", "cpu", "--steps", "1", "--batch-size", "2", "--json", .. options]);

        Assert.Equal(2, json.GetProperty("images").GetInt32());
        Assert.Equal(2, json.GetProperty("texts").GetInt32());
        Assert.Equal(expected.GetTextRecall(1), json.GetProperty("textRecall").GetProperty("at1").GetDouble());
        Assert.Equal(0, training.Returned(ExitCodes.Ok).JsonLines[^1].GetProperty("skippedSamples").GetInt32());
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
        File.Copy(Images.Jpeg, _folder.File("cat/1.jpg"));
        File.Copy(Images.Png, _folder.File("cat/2.png"));
        File.Copy(Images.Bmp, _folder.File("dog/1.bmp"));
    }

    private Task<ToolRun> Evaluate(params string[] more) => ToolRun.Of(["evaluate", "--model", model.Folder, "--device", "cpu", .. more]);
}
