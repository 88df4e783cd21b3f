using Clip.Shards.Tests.Support;

namespace Clip.Shards.Tests;

public sealed class FolderShardStoreTests : IDisposable
{
    private static readonly byte[] One = [1], Two = [2];

    private readonly ShardFiles _files = new();

    private IShardStore Store => _files.Store;

    public void Dispose() => _files.Dispose();

    [Fact]
    public async Task TryCreate_ManyAtOnce_OneSucceeds()
    {
        var entries = await Task.WhenAll(Enumerable.Range(0, 16).Select(number => Task.Run(() => Store.TryCreateAsync("leases/00001", new byte[] { (byte)number }))));

        var winner = Array.FindIndex(entries, entry => entry is not null);
        Assert.Single(entries, entry => entry is not null);
        Assert.Equal([(byte)winner], (await Store.ReadAsync("leases/00001"))!);
        Assert.Equal(["00001"], _files.Names("leases"));
    }

    [Fact]
    public async Task TryReplace_ManyAtOnce_OneSucceeds()
    {
        var entry = (await Store.TryCreateAsync("leases/00001", One))!;

        var entries = await Task.WhenAll(Enumerable.Range(0, 16).Select(_ => Task.Run(() => Store.TryReplaceAsync(entry, Two))));

        Assert.Single(entries, replaced => replaced is not null);
        Assert.Equal(Two, (await Store.ReadAsync("leases/00001"))!);
        Assert.Equal(["00001"], _files.Names("leases"));
    }

    [Fact]
    public async Task TryReplace_RenewedMeanwhile_LeavesItToItsOwner()
    {
        var entry = (await Store.TryCreateAsync("leases/00001", One))!;
        File.SetLastWriteTimeUtc(Path.Combine(_files.Output, "leases", "00001"), DateTime.UtcNow.AddHours(-1));
        var old = (await Store.FindAsync("leases/00001"))!;

        var renewed = (await Store.TryRenewAsync(entry, One))!;

        Assert.True(renewed.Modified > old.Modified.AddMinutes(30));
        Assert.Null(await Store.TryReplaceAsync(old, Two));
        Assert.Equal(One, (await Store.ReadAsync("leases/00001"))!);
        Assert.NotNull(await Store.TryRenewAsync(renewed, One));
    }

    [Fact]
    public async Task TryRenew_TakenByAnother_IsLost()
    {
        var entry = (await Store.TryCreateAsync("leases/00001", One))!;
        await Store.TryReplaceAsync(entry, Two);

        Assert.Null(await Store.TryRenewAsync(entry, One));
        await Store.DeleteAsync(entry, One);
        Assert.Equal(Two, (await Store.ReadAsync("leases/00001"))!);
    }

    [Fact]
    public async Task Commit_WritingFails_LeavesWhatWasThere()
    {
        await Store.CommitAsync("img_emb/a.npy", (stream, cancelled) => stream.WriteAsync(One, cancelled).AsTask());

        await Assert.ThrowsAsync<IOException>(() => Store.CommitAsync("img_emb/a.npy", async (stream, cancelled) =>
        {
            await stream.WriteAsync(new byte[100_000], cancelled);
            throw new IOException("No space left on device");
        }));

        Assert.Equal(One, (await Store.ReadAsync("img_emb/a.npy"))!);
        Assert.Equal(["a.npy"], _files.Names("img_emb"));
    }

    [Fact]
    public async Task GetTime_AroundAWrite_IsTheTimeOfFiles()
    {
        var before = await Store.GetTimeAsync();
        var entry = (await Store.TryCreateAsync("a", One))!;
        var after = await Store.GetTimeAsync();

        Assert.InRange(entry.Modified, before, after);
        Assert.Equal(["a"], _files.Names("."));
    }
}
