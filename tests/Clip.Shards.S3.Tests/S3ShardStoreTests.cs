using Amazon.Runtime;
using Amazon.S3;
using Clip.Shards.Tests.Support;

namespace Clip.Shards.S3.Tests;

/// <summary>The store beside a server of the protocol.</summary>
public sealed class S3ShardStoreTests(TinyModel model) : IAsyncLifetime
{
    private static readonly byte[] One = [1], Two = [2];

    private ObjectServer _server = null!;
    private AmazonS3Client _client = null!;
    private S3ShardStore _store = null!;

    public async ValueTask InitializeAsync()
    {
        _server = await ObjectServer.StartAsync();
        _client = new AmazonS3Client(
            new BasicAWSCredentials("key", "secret"),
            new AmazonS3Config { ServiceURL = _server.Address, ForcePathStyle = true, AuthenticationRegion = "us-east-1", MaxErrorRetry = 0 });
        _store = new S3ShardStore(_client, "bucket", "/some/folder/");
    }

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        await _server.DisposeAsync();
    }

    [Fact]
    public async Task TryCreate_ManyAtOnce_OneSucceeds()
    {
        var entries = await Task.WhenAll(Enumerable.Range(0, 8).Select(number => _store.TryCreateAsync("leases/00001", new byte[] { (byte)number })));

        Assert.Single(entries, entry => entry is not null);
        Assert.Equal(["some/folder/leases/00001"], _server.Keys);
        Assert.Equal([(byte)Array.FindIndex(entries, entry => entry is not null)], (await _store.ReadAsync("leases/00001"))!);
    }

    [Fact]
    public async Task TryReplace_ChangedMeanwhile_IsRefused()
    {
        var entry = (await _store.TryCreateAsync("leases/00001", One))!;
        _server.Age("some/folder/leases/00001", TimeSpan.FromHours(1));
        var old = (await _store.FindAsync("leases/00001"))!;

        Assert.NotNull(await _store.TryRenewAsync(entry, One));
        Assert.Null(await _store.TryReplaceAsync(old, Two));                      // renewed: the same bytes, a later time
        var now = (await _store.FindAsync("leases/00001"))!;
        Assert.NotNull(await _store.TryReplaceAsync(now, Two));
        Assert.Null(await _store.TryRenewAsync(now, One));
        await _store.DeleteAsync(now, One);
        Assert.Equal(Two, (await _store.ReadAsync("leases/00001"))!);
        await _store.DeleteAsync(now, Two);
        Assert.Null(await _store.FindAsync("leases/00001"));
        Assert.Null(await _store.ReadAsync("leases/00001"));
    }

    [Fact]
    public async Task List_SeveralPages_HasAllOfTheFolder()
    {
        for (var number = 0; number < 5; number++)
            await _store.TryCreateAsync($"leases/{number}", One);
        await _store.TryCreateAsync("leases/below/x", One);
        await _store.TryCreateAsync("other", One);

        Assert.Equal(Enumerable.Range(0, 5).Select(number => $"leases/{number}"), await _store.ListAsync("leases").Select(entry => entry.Path).ToListAsync());
        Assert.Empty(await _store.ListAsync("nothing").ToListAsync());
    }

    [Fact]
    public async Task Run_TwoWorkers_WriteWhatAFolderWouldHave()
    {
        using var files = new ShardFiles();
        var shards = files.Write(4);
        await new ShardEmbedder(model.Clip, files.Store).RunAsync(shards);
        await _store.TryCreateAsync("leases/00002", "a worker that is gone\n"u8.ToArray());
        _server.Age("some/folder/leases/00002", TimeSpan.FromHours(1));

        var results = await Task.WhenAll(Enumerable.Range(0, 2).Select(index =>
            new ShardEmbedder(model.Clip, _store, new ShardEmbedderOptions { Worker = new(index, 2) }).RunAsync(shards)));

        Assert.Equal(4, results.Sum(result => result.Done));
        Assert.Equal(
            files.Contents(),
            _server.Keys.Where(key => key.Contains('_', StringComparison.Ordinal)).ToDictionary(key => key["some/folder/".Length..], key => Convert.ToHexString(_server[key])));
        Assert.DoesNotContain(_server.Keys, key => key.Contains("leases", StringComparison.Ordinal) || key.Contains(".time", StringComparison.Ordinal));
        var status = await ShardStatus.ReadAsync(_store, TimeSpan.FromMinutes(1));
        Assert.Equal((4, 24), (status.Done, status.Rows));
    }

    [Fact]
    public async Task Run_WritingFails_GivesTheLeaseBack()
    {
        using var files = new ShardFiles();
        _server.FailingKey = "some/folder/img_emb/img_emb_00000.npy";

        var error = await Assert.ThrowsAsync<IOException>(() => new ShardEmbedder(model.Clip, _store).RunAsync(files.Write(1)));

        Assert.Contains("QuotaExceeded", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(_server.Keys, key => key.Contains("leases", StringComparison.Ordinal) || key.Contains("img_emb", StringComparison.Ordinal));
    }
}
