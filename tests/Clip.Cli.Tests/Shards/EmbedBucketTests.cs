using Clip.Cli.Tests.Support;
using Clip.Shards.S3.Tests;

namespace Clip.Cli.Tests.Shards;

/// <summary><c>clip embed --shards s3://... --output-folder s3://...</c>, beside a server of the protocol.</summary>
public sealed class EmbedBucketTests(TinyModel model) : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Run_Bucket_WritesWhatAFolderGets()
    {
        await using var server = await ObjectServer.StartAsync();
        for (var shard = 0; shard < 2; shard++)
        {
            var path = _folder.File($"{shard:D5}.tar");
            TarFiles.Write(path, ($"{shard}a.png", File.ReadAllBytes(Images.Png)), ($"{shard}b.jpg", File.ReadAllBytes(Images.Jpeg)));
            server[$"in/{shard:D5}.tar"] = File.ReadAllBytes(path);
        }
        (await ToolRun.Of("embed", "--model", model.Folder, "--device", "cpu", "--shards", _folder.File("{00000..00001}.tar"), "--output-folder", _folder.File("out"))).Returned(ExitCodes.Ok);

        var run = (await RunAsync(server.Address, "embed", "--model", model.Folder, "--device", "cpu", "--shards", "s3://bucket/in/{00000..00001}.tar", "--output-folder", "s3://bucket/some/out"))
            .Returned(ExitCodes.Ok);

        Assert.Contains("worker 0/1: 2 shards, 4 rows", run.Output, StringComparison.Ordinal);
        foreach (var file in (string[])["img_emb/img_emb_00000.npy", "img_emb/img_emb_00001.npy", "metadata/metadata_00000.parquet", "metadata/metadata_00001.parquet"])
            Assert.Equal(File.ReadAllBytes(_folder.File($"out/{file}")), server[$"some/out/{file}"]);
        var status = (await RunAsync(server.Address, "embed", "--status", "--output-folder", "s3://bucket/some/out")).Returned(ExitCodes.Ok);
        Assert.Equal(["done\t2", "leased\t0", "stale\t0", "bad\t0", "rows\t4"], status.Lines);
    }

    [Fact]
    public async Task Run_ShardIsNotInTheBucket_FailsAndNamesIt()
    {
        await using var server = await ObjectServer.StartAsync();

        var run = await RunAsync(server.Address, "embed", "--model", model.Folder, "--device", "cpu", "--shards", "s3://bucket/in/00007.tar", "--output-folder", _folder.File("out"));

        run.Returned(ExitCodes.Failure);
        Assert.Contains("There is no 's3://bucket/in/00007.tar'", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_NothingSaysHowToReachTheBucket_NamesTheVariables()
    {
        (await RunAsync(null, "embed", "--status", "--output-folder", "s3://bucket/out")).FailedWith(ExitCodes.Failure, "AWS_REGION", "AWS_ENDPOINT_URL_S3");
        (await RunAsync(null, "embed", "--status", "--output-folder", "s3:///out")).FailedWith(ExitCodes.Usage, "s3://bucket/key");
    }

    // With nothing of the user's own settings.
    private Task<ToolRun> RunAsync(string? endpoint, params string[] arguments)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "The environment is set by a Unix command.");
        string[] own = ["env", "-u", "AWS_REGION", "-u", "AWS_DEFAULT_REGION", "-u", "AWS_PROFILE", "-u", "AWS_ENDPOINT_URL", "-u", "AWS_ENDPOINT_URL_S3",
            $"AWS_SHARED_CREDENTIALS_FILE={_folder.File("none")}", $"AWS_CONFIG_FILE={_folder.File("none")}", "AWS_EC2_METADATA_DISABLED=true"];
        string[] server = endpoint is null ? [] : [$"AWS_ENDPOINT_URL_S3={endpoint}", "AWS_ACCESS_KEY_ID=key", "AWS_SECRET_ACCESS_KEY=secret"];
        return ToolProcess.StartBy([.. own, .. server], arguments).EndAsync();
    }
}
