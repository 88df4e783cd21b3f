using System.Buffers.Binary;
using System.Text.Json.Nodes;
using Clip.Cli.Tests.Support;

namespace Clip.Cli.Tests.Commands;

public sealed class SearchCommandTests : IDisposable
{
    private readonly TinyModel _model;
    private readonly TemporaryFolder _folder = new();

    public SearchCommandTests(TinyModel model)
    {
        _model = model;
        Images.CopyTo(_folder.Path);
    }

    private string IndexPath => _folder.File(".clip-index.safetensors");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Run_Image_FindsItselfFirst()
    {
        var run = (await Search("--query", _folder.File("b.png"), "--json")).Returned(ExitCodes.Ok);

        Assert.Equal("image", run.Json.GetProperty("kind").GetString());
        Assert.Equal(_folder.File("b.png"), run.Json.GetProperty("results")[0].GetProperty("image").GetString());
        Assert.Equal(1, run.Json.GetProperty("results")[0].GetProperty("similarity").GetDouble(), 1e-4);
    }

    [Fact]
    public async Task Run_Text_RanksAsTheLibraryDoes()
    {
        string[] paths = [_folder.File("a.jpg"), _folder.File("b.png"), _folder.File("c/d.bmp")];
        var expected = EmbeddingMath.TopK(EmbeddingMath.Similarities(_model.Clip.EmbedText("the photo"), _model.Clip.EmbedImages(paths)), 2);

        var run = (await Search("--query", "the photo", "--top", "2")).Returned(ExitCodes.Ok);

        Assert.Equal(expected.Select(found => paths[found.Index]), run.Lines.Select(line => Path.GetFullPath(line.Split('\t')[1])));
    }

    [Fact]
    public async Task Run_Again_EmbedsOnlyWhatChanged()
    {
        Assert.Equal((3, 3, 0), Counts(await Search("--text", "a", "--json")));
        Assert.Equal((3, 0, 0), Counts(await Search("--text", "a", "--json")));

        File.Delete(_folder.File("a.jpg"));
        File.SetLastWriteTimeUtc(_folder.File("b.png"), new DateTime(2020, 1, 2, 3, 4, 5, DateTimeKind.Utc));
        File.Copy(Images.Bmp, _folder.File("new.bmp"));

        Assert.Equal((3, 2, 1), Counts(await Search("--text", "a", "--json")));
        Assert.Equal((3, 0, 0), Counts(await Search("--text", "a", "--json")));
    }

    [Fact]
    public async Task Run_Float16_HalvesTheRowsAndStays()
    {
        var (single, singleBytes) = ((await Search("--text", "a", "--json")).Json.GetProperty("results"), new FileInfo(IndexPath).Length);

        Assert.Equal((3, 0, 0), Counts(await Search("--text", "a", "--json", "--float16")));
        var half = (await Search("--text", "a", "--json")).Json.GetProperty("results");

        Assert.InRange(singleBytes - new FileInfo(IndexPath).Length, 3 * 2 * _model.Clip.EmbeddingSize - 64, 3 * 2 * _model.Clip.EmbeddingSize + 64);
        Assert.All(single.EnumerateArray().Zip(half.EnumerateArray()), pair =>
            Assert.Equal(pair.First.GetProperty("similarity").GetDouble(), pair.Second.GetProperty("similarity").GetDouble(), 1e-3));
        Assert.NotEqual(single.GetRawText(), half.GetRawText());
        File.Copy(Images.Bmp, _folder.File("new.bmp"));
        var added = await Search("--text", "a", "--json");
        Assert.Equal((4, 1, 0), Counts(added));
        Assert.Equal(added.Json.GetProperty("results").GetRawText(), (await Search("--text", "a", "--json")).Json.GetProperty("results").GetRawText());
    }

    [Fact]
    public async Task Run_DamagedIndex_IsMadeAnew()
    {
        await File.WriteAllTextAsync(IndexPath, "damaged");

        var run = await Search("--text", "a", "--json");

        Assert.Equal((3, 3, 0), Counts(run));
        Assert.Contains("is made anew", run.Error);
    }

    public static TheoryData<string> Damages => ["null entry", "null path", "empty path", "no entries", "twice", "too few", "half a pair", "not a list", "infinite", "NaN", "long"];

    [Theory]
    [MemberData(nameof(Damages))]
    public async Task Run_DamagedEntriesOrRows_IsMadeAnew(string damage)
    {
        var expected = (await Search("--text", "a", "--json")).Returned(ExitCodes.Ok).Json.GetProperty("results").GetRawText();
        Damage(IndexPath, damage);

        var run = await Search("--text", "a", "--json");

        Assert.Equal((3, 3, 0), Counts(run));
        Assert.Contains("is made anew", run.Error);
        Assert.Equal(expected, run.Json.GetProperty("results").GetRawText());
        Assert.Empty((await Search("--text", "a", "--json")).Returned(ExitCodes.Ok).Error);
    }

    [Fact]
    public async Task Run_IndexIsPipe_IsRefusedAndLeftAlone()
    {
        NamedPipe.Create(IndexPath);

        (await Search("--text", "a").WithinLimit()).FailedWith(ExitCodes.Failure, IndexPath, "named pipe");
    }

    [Fact]
    public async Task Run_IndexIsFolder_IsRefusedBeforeTheWork()
    {
        Directory.CreateDirectory(IndexPath);

        (await Search("--text", "a")).Returned(ExitCodes.Failure);

        Assert.Empty(Directory.GetFileSystemEntries(IndexPath));
    }

    [Fact]
    public async Task Run_EmbeddingsThatOverflow_NeverGetIntoTheIndex()
    {
        var broken = TinyClip.Write(_folder.File("model"));
        SafetensorsEdit.Fill(Path.Combine(broken, "open_clip_model.safetensors"), "visual.proj", float.MaxValue);

        var run = (await ToolRun.Of("search", "--model", broken, "--device", "cpu", "--images", _folder.Path, "--text", "a")).Returned(ExitCodes.Failure);

        Assert.Contains("a.jpg' has no embedding", run.Error);
        Assert.False(File.Exists(IndexPath));
    }

    [Fact]
    public async Task Run_IndexOfOtherWeights_IsMadeAnew()
    {
        using var other = new TemporaryFolder();
        TinyClip.Write(other.Path, seed: 5);
        (await Search("--text", "a")).Returned(ExitCodes.Ok);

        var run = await ToolRun.Of("search", "--model", other.Path, "--device", "cpu", "--images", _folder.Path, "--text", "a", "--json");

        Assert.Equal((3, 3, 0), Counts(run));
        Assert.Contains("belongs to another model", run.Error);
    }

    [Fact]
    public async Task Run_IndexOfTheOtherDecoding_IsMadeAnew()
    {
        (await Search("--text", "a")).Returned(ExitCodes.Ok);

        var run = await Search("--text", "a", "--json", "--fast-decoding");

        Assert.Equal((3, 3, 0), Counts(run));
        Assert.Contains("--fast-decoding", run.Error);
        Assert.Equal((3, 0, 0), Counts(await Search("--text", "a", "--json", "--fast-decoding")));
        Assert.Equal((3, 3, 0), Counts(await Search("--text", "a", "--json")));
    }

    [Fact]
    public async Task Run_UnreadableImage_IsListedAndTheOthersFound()
    {
        File.Copy(Images.Broken, _folder.File("broken.png"));

        var run = (await Search("--text", "a", "--json")).Returned(ExitCodes.SomeLeftOut);

        Assert.Equal(1, run.Json.GetProperty("leftOut").GetArrayLength());
        Assert.Equal(3, run.Json.GetProperty("results").GetArrayLength());

        var written = File.GetLastWriteTimeUtc(IndexPath);
        var again = (await Search("--text", "a", "--json")).Returned(ExitCodes.SomeLeftOut);
        Assert.Equal(0, again.Json.GetProperty("index").GetProperty("embedded").GetInt32());
        Assert.Equal(written, File.GetLastWriteTimeUtc(IndexPath));
    }

    [Fact]
    public async Task Run_IndexThatCannotBeWritten_NamesTheRemedy() =>
        (await Search("--text", "a", "--index", _folder.File("no/index.safetensors"))).FailedWith(ExitCodes.Failure, "--index");

    [Fact]
    public async Task Run_IndexElsewhere_LeavesTheFolderAlone()
    {
        using var other = new TemporaryFolder();

        (await Search("--text", "a", "--index", other.File("index.safetensors"))).Returned(ExitCodes.Ok);

        Assert.False(File.Exists(IndexPath));
        Assert.Equal(["index.safetensors"], other.Names);
    }

    [Theory]
    [InlineData("--query", "a", "--text", "b")]
    [InlineData("--text", "a", "--image", "b")]
    [InlineData]
    public async Task Run_NotOneQuery_IsUsageError(params string[] query) => (await Search(query)).FailedWith(ExitCodes.Usage, "--query");

    [Fact]
    public async Task Run_NothingToSearch_IsUsageError() => (await ToolRun.Of("search", "--model", _model.Folder, "--text", "a")).FailedWith(ExitCodes.Usage, "--images", "--embeddings");

    [Fact]
    public async Task Run_NoFolder_NamesIt() =>
        (await ToolRun.Of("search", "--model", _model.Folder, "--images", _folder.File("missing"), "--text", "a")).FailedWith(ExitCodes.Failure, "missing");

    [Fact]
    public async Task Run_UnreadableQuery_NamesIt() => (await Search("--image", Images.Broken)).FailedWith(ExitCodes.Failure, Images.Broken);

    private static void Damage(string path, string damage) => SafetensorsEdit.Apply(path, (header, data) =>
    {
        var metadata = header["__metadata__"]!;
        var entries = JsonNode.Parse((string)metadata["entries"]!)!.AsArray();
        switch (damage)
        {
            case "null entry":
                entries[0] = null;
                break;
            case "null path":
                entries[0]!["path"] = null;
                break;
            case "empty path":
                entries[0]!["path"] = "";
                break;
            case "twice":
                entries[0]!["path"] = (string)entries[1]!["path"]!;
                break;
            case "too few":
                entries.RemoveAt(0);
                break;
            case "infinite":
                BinaryPrimitives.WriteSingleLittleEndian(data, float.PositiveInfinity);
                break;
            case "NaN":
                BinaryPrimitives.WriteSingleLittleEndian(data, float.NaN);
                break;
            case "long":
                BinaryPrimitives.WriteSingleLittleEndian(data, 3e38f);
                break;
        }
        metadata["entries"] = damage switch
        {
            "no entries" => "null",
            "not a list" => "{\"a\": 1}",
            "half a pair" => entries.ToJsonString().Replace("a.jpg", "\\ud800", StringComparison.Ordinal),
            _ => entries.ToJsonString(),
        };
    });

    private static (int Images, int Embedded, int Removed) Counts(ToolRun run)
    {
        var index = run.Returned(ExitCodes.Ok).Json.GetProperty("index");
        return (index.GetProperty("images").GetInt32(), index.GetProperty("embedded").GetInt32(), index.GetProperty("removed").GetInt32());
    }

    private Task<ToolRun> Search(params string[] more) => ToolRun.Of(["search", "--model", _model.Folder, "--device", "cpu", "--images", _folder.Path, .. more]);
}
