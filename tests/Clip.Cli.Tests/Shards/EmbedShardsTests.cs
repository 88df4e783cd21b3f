using System.Globalization;
using System.Text.Json.Nodes;
using Clip.Cli.Tests.Support;

namespace Clip.Cli.Tests.Shards;

/// <summary><c>clip embed --shards</c>.</summary>
public sealed class EmbedShardsTests(TinyModel model) : IDisposable
{
    private const int SigKill = 9;

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Run_Shards_WritesALineForEachAndStatusCountsThem()
    {
        var shards = WriteShards(3);

        var run = (await ToolRun.Of(Embed(shards, "out"))).Returned(ExitCodes.Ok);

        Assert.Equal(["shard\t00000\tdone\t2\t0", "shard\t00001\tdone\t2\t0", "shard\t00002\tdone\t2\t0"], run.Lines[..3].Select(line => line[..line.LastIndexOf('\t')]));
        Assert.StartsWith("worker 0/1: 3 shards, 6 rows", run.Lines[3], StringComparison.Ordinal);
        var status = (await ToolRun.Of("embed", "--status", "--output-folder", _folder.File("out"))).Returned(ExitCodes.Ok);
        Assert.Equal(["done\t3", "leased\t0", "stale\t0", "bad\t0", "rows\t6"], status.Lines);
        Assert.Contains("3 there already", (await ToolRun.Of(Embed(shards, "out"))).Returned(ExitCodes.Ok).Lines.Single(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_BadShard_DoesTheOthersAndFails()
    {
        var shards = WriteShards(2);
        File.WriteAllBytes(_folder.File("00000.tar"), File.ReadAllBytes(_folder.File("00000.tar"))[..700]);

        var run = (await ToolRun.Of([.. Embed(shards, "out"), "--json"])).Returned(ExitCodes.Failure);

        Assert.Contains("shard 00000 failed", run.Error, StringComparison.Ordinal);
        Assert.Equal(["Failed", "Done"], run.JsonLines[..2].Select(line => line.GetProperty("outcome").GetString()));
        Assert.Equal(1, run.JsonLines[2].GetProperty("failed").GetInt32());
        var status = (await ToolRun.Of("embed", "--status", "--output-folder", _folder.File("out"), "--json")).Returned(ExitCodes.Ok);
        Assert.Equal("00000", status.Json.GetProperty("badShards")[0].GetString());
    }

    [Fact]
    public async Task Run_UnreadableImages_DependOnTheShareThatIsAllowed()
    {
        TarFiles.Write(_folder.File("00000.tar"), ("a.png", File.ReadAllBytes(Images.Png)), ("b.png", File.ReadAllBytes(Images.Broken)));

        (await ToolRun.Of(Embed(_folder.File("00000.tar"), "out"))).Returned(ExitCodes.Failure);
        Assert.Contains("--max-bad-share", (await ToolRun.Of(Embed(_folder.File("00000.tar"), "out"))).Error, StringComparison.Ordinal);
        (await ToolRun.Of([.. Embed(_folder.File("00000.tar"), "out"), "--max-bad-share", "0.5"])).Returned(ExitCodes.Ok);
    }

    [Fact]
    public async Task Run_ResumedWithTheOtherDecoding_IsRefused()
    {
        var shards = WriteShards(1);
        (await ToolRun.Of([.. Embed(shards, "exact")])).Returned(ExitCodes.Ok);
        (await ToolRun.Of([.. Embed(shards, "fast"), "--fast-decoding"])).Returned(ExitCodes.Ok);

        Assert.NotEqual(Contents("exact")["img_emb_00000.npy"], Contents("fast")["img_emb_00000.npy"]);
        (await ToolRun.Of([.. Embed(shards, "exact"), "--fast-decoding"])).FailedWith(ExitCodes.Failure, "fastDecoding is false", "true here");
        (await ToolRun.Of(Embed(shards, "fast"))).FailedWith(ExitCodes.Failure, "fastDecoding is true", "false here");
        (await ToolRun.Of([.. Embed(shards, "fast"), "--fast-decoding"])).Returned(ExitCodes.Ok);
        (await ToolRun.Of("search", "--model", model.Folder, "--device", "cpu", "--embeddings", _folder.File("fast"), "--image", Images.Jpeg)).Returned(ExitCodes.Ok);
    }

    // A folder that was begun before there was a choice.
    [Fact]
    public async Task Run_FolderThatDoesNotSayItsDecoding_IsOneOfExactEmbeddings()
    {
        var shards = WriteShards(1);
        (await ToolRun.Of(Embed(shards, "out"))).Returned(ExitCodes.Ok);
        var identity = JsonNode.Parse(File.ReadAllText(_folder.File("out/embedding.json")))!.AsObject();
        Assert.True(identity.Remove("fastDecoding"));
        File.WriteAllText(_folder.File("out/embedding.json"), identity.ToJsonString());

        (await ToolRun.Of(Embed(shards, "out"))).Returned(ExitCodes.Ok);
        (await ToolRun.Of([.. Embed(shards, "out"), "--fast-decoding"])).FailedWith(ExitCodes.Failure, "fastDecoding is false");
    }

    [Theory]
    [InlineData("--images", "a.png", "does not go with")]
    [InlineData("--output", "x.npy", "does not go with")]
    [InlineData("--worker", "4/4", "such as 3/128")]
    [InlineData("--worker", "/4", "nothing in the environment")]
    public async Task Run_WrongOptions_IsUsageError(string option, string value, string expected) =>
        (await ToolRun.Of([.. Embed(WriteShards(1), "out"), option, value])).FailedWith(ExitCodes.Usage, expected);

    [Fact]
    public async Task Run_WorkerKilledInAShard_AnotherMakesTheSameFiles()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "The command that hangs is one of a Unix shell, and so is the signal.");
        WriteShards(4);
        (await ToolRun.Of(Embed(_folder.File("{00000..00003}.tar"), "undisturbed"))).Returned(ExitCodes.Ok);
        // Its tar file does not go on until there is a certain file.
        var gated = $"pipe:head -c 900 {_folder.Path}/{{00000..00003}}.tar; while [ ! -e {_folder.Path}/go ]; do sleep 0.1; done; tail -c +901 {_folder.Path}/{{00000..00003}}.tar";
        string[] addresses = [.. Enumerable.Range(0, 4).Select(shard => gated.Replace("{00000..00003}", shard.ToString("D5", CultureInfo.InvariantCulture), StringComparison.Ordinal))];
        string[] Worker(int index) => ["embed", "--model", model.Folder, "--device", "cpu", "--output-folder", _folder.File("out"), "--worker", $"{index}/2", "--stale", "2", "--shards", .. addresses];

        using (var killed = new ToolProcess(Worker(1)))
        {
            await Patience.UntilAsync(() => File.Exists(_folder.File("out/leases/00001")));
            killed.Send(SigKill);
            await killed.EndAsync();
        }
        Assert.True(File.Exists(_folder.File("out/leases/00001")));
        File.WriteAllBytes(_folder.File("go"), []);
        using var other = new ToolProcess(Worker(0));
        var run = (await other.EndAsync()).Returned(ExitCodes.Ok);

        Assert.Contains("worker 0/2: 4 shards", run.Output, StringComparison.Ordinal);
        Assert.Equal(Contents("undisturbed"), Contents("out"));
        Assert.Empty(Directory.GetFiles(_folder.File("out/leases")));
    }

    [Fact]
    public async Task Run_Terminated_GivesTheShardBack()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "The command that hangs is one of a Unix shell, and so is the signal.");
        WriteShards(1);
        using var tool = new ToolProcess(
            "embed", "--model", model.Folder, "--device", "cpu", "--output-folder", _folder.File("out"), "--shards", $"pipe:head -c 900 {_folder.Path}/00000.tar; sleep 1000");
        await Patience.UntilAsync(() => File.Exists(_folder.File("out/leases/00000")));

        tool.Send(Signals.Terminate);

        (await tool.EndAsync()).Returned(ExitCodes.Cancelled);
        Assert.Empty(Directory.GetFiles(_folder.File("out/leases")));
        Assert.False(Directory.Exists(_folder.File("out/img_emb")));
    }

    private string[] Embed(string shards, string output) =>
        ["embed", "--model", model.Folder, "--device", "cpu", "--shards", shards, "--output-folder", _folder.File(output)];

    private Dictionary<string, string> Contents(string output) => new[] { "img_emb", "metadata" }
        .SelectMany(folder => Directory.GetFiles(_folder.File($"{output}/{folder}")))
        .ToDictionary(path => Path.GetFileName(path), path => Convert.ToHexString(File.ReadAllBytes(path)));

    private string WriteShards(int count)
    {
        for (var shard = 0; shard < count; shard++)
        {
            TarFiles.Write(
                _folder.File($"{shard:D5}.tar"), ($"{shard}a.png", File.ReadAllBytes(shard % 2 == 0 ? Images.Png : Images.Bmp)), ($"{shard}b.jpg", File.ReadAllBytes(Images.Jpeg)));
        }
        return _folder.File($"{{00000..{count - 1:D5}}}.tar");
    }
}
