namespace Clip.Shards.S3.Tests;

/// <summary>The store beside a server that others wrote.</summary>
public sealed class S3RverTests
{
    [Fact]
    public async Task Entries_OfAnotherServer_AreThereAsTheyWereWritten()
    {
        var (server, client) = await S3RverServer.StartAsync();
        await using var ending = server;
        using var connection = client;
        var store = new S3ShardStore(client, "bucket", "some/folder");
        var large = new byte[6 << 20];
        new Random(1).NextBytes(large);

        await store.CommitAsync("img_emb/img_emb_00000.npy", async (stream, cancelled) => await stream.WriteAsync(large, cancelled));
        for (var number = 0; number < 5; number++)
            await store.CommitAsync($"failed/0000 {number}+ü", (stream, _) => { stream.WriteByte((byte)number); return Task.CompletedTask; });

        Assert.Equal(large, await store.ReadAsync("img_emb/img_emb_00000.npy"));
        Assert.Equal(large.Length, (await store.FindAsync("img_emb/img_emb_00000.npy"))!.Length);
        var entries = await store.ListAsync("failed").ToListAsync();
        Assert.Equal(Enumerable.Range(0, 5).Select(number => $"failed/0000 {number}+ü"), entries.Select(entry => entry.Path).Order(StringComparer.Ordinal));
        await store.DeleteAsync(entries[0], new byte[] { 9 });
        Assert.NotNull(await store.FindAsync(entries[0].Path));
        await store.DeleteAsync(entries[0], (await store.ReadAsync(entries[0].Path))!);
        Assert.Null(await store.FindAsync(entries[0].Path));
        Assert.Null(await store.ReadAsync("nothing"));
        Assert.InRange(await store.GetTimeAsync(), entries[0].Modified, entries[0].Modified + Patience.Limit);
        Assert.Single(await store.ListAsync("img_emb").ToListAsync());
    }

    [Fact]
    public async Task TryCreate_ServiceThatIgnoresConditions_IsRefusedAndNothingStays()
    {
        var (server, client) = await S3RverServer.StartAsync();
        await using var ending = server;
        using var connection = client;
        var store = new S3ShardStore(client, "bucket", "some/folder");

        var error = await Assert.ThrowsAsync<IOException>(() => store.TryCreateAsync("leases/00001", new byte[] { 1 }));

        Assert.Contains("ignores conditional writes", error.Message, StringComparison.Ordinal);
        Assert.Null(await store.FindAsync("leases/00001"));
        Assert.Empty((await client.ListObjectsV2Async(new Amazon.S3.Model.ListObjectsV2Request { BucketName = "bucket" })).S3Objects ?? []);
    }
}
