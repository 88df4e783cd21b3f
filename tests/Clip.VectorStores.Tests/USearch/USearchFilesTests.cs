using System.Diagnostics;
using System.Globalization;
using Clip.VectorStores.Tests.Support;
using Clip.VectorStores.USearch;
using Microsoft.Extensions.VectorData;

namespace Clip.VectorStores.Tests.USearch;

/// <summary>The files of the store: crashes, damage, several processes.</summary>
public sealed class USearchFilesTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    private string Collection => Path.Combine(_folder.Path, "photos.vectors");

    private string Log => Assert.Single(Directory.GetFiles(Collection, "records-*.log"));

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Open_LogCutAnywhere_HoldsWholeCommitsAndTakesMore()
    {
        long[] ends = new long[4];
        using (var store = Open(out var photos))
        {
            await photos.EnsureCollectionExistsAsync();
            ends[0] = new FileInfo(Log).Length;
            for (var commit = 1; commit < 4; commit++)
            {
                await photos.UpsertAsync([Photos.Of(2 * commit), Photos.Of(2 * commit + 1)]);
                ends[commit] = new FileInfo(Log).Length;
            }
        }
        var whole = await File.ReadAllBytesAsync(Log);

        for (var length = (int)ends[0]; length <= whole.Length; length++)
        {
            await File.WriteAllBytesAsync(Log, whole[..length]);
            var commits = Array.FindLastIndex(ends, end => end <= length);
            using var store = Open(out var photos);
            Assert.Equal(2 * commits, await photos.GetAsync(photo => true, 100).CountAsync());
            if (length % 16 != 0)
                continue;
            await photos.UpsertAsync(Photos.Of(50));
            Assert.Equal(2 * commits + 1, await photos.GetAsync(photo => true, 100).CountAsync());
            store.Dispose();
            using var again = Open(out photos);
            Assert.Equal(50, (await photos.GetAsync(50))!.Id);
        }
    }

    [Fact]
    public async Task Open_EndIsZeros_IsAsIfItWereCut()
    {
        await Fill(3);
        var whole = await File.ReadAllBytesAsync(Log);
        await File.WriteAllBytesAsync(Log, [.. whole, .. new byte[1000]]);

        using var store = Open(out var photos);
        Assert.Equal(3, await photos.GetAsync(photo => true, 100).CountAsync());
        await photos.UpsertAsync(Photos.Of(4));
        Assert.Equal(4, await photos.GetAsync(photo => true, 100).CountAsync());
    }

    [Fact]
    public async Task Open_AnyByteChanged_IsRefusedByNameOrWasNotCommitted()
    {
        await Fill(3);
        var whole = await File.ReadAllBytesAsync(Log);

        for (var place = 0; place < whole.Length; place += 7)
        {
            var bytes = (byte[])whole.Clone();
            bytes[place] ^= 0x10;
            await File.WriteAllBytesAsync(Log, bytes);
            using var store = Open(out var photos);
            try
            {
                // The last commit may pass for one that a crash cut off.
                Assert.Equal(2, await photos.GetAsync(photo => true, 100).CountAsync());
            }
            catch (VectorStoreException e)
            {
                Assert.Contains(Log, e.Message);
            }
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("{")]
    [InlineData("{\"format\":2}")]
    [InlineData("{\"format\":1,\"name\":\"photos\",\"generation\":1,\"properties\":[null]}")]
    [InlineData("{\"format\":1,\"name\":\"photos\",\"generation\":1,\"properties\":[]}")]
    [InlineData("{\"format\":1,\"name\":\"other\",\"generation\":1,\"properties\":[]}")]
    public async Task Open_DescriptionDamaged_IsRefusedByName(string json)
    {
        await Fill(1);
        await File.WriteAllTextAsync(Path.Combine(Collection, "collection.json"), json);

        using var store = Open(out var photos);
        var e = await Assert.ThrowsAsync<VectorStoreException>(() => photos.GetAsync(1));

        Assert.Contains("collection.json", e.Message);
    }

    [Fact]
    public async Task Open_LogGone_IsRefusedByName()
    {
        await Fill(1);
        var log = Log;
        File.Delete(log);

        using var store = Open(out var photos);
        Assert.Contains(Path.GetFileName(log), (await Assert.ThrowsAsync<VectorStoreException>(() => photos.GetAsync(1))).Message);
    }

    [Fact]
    public async Task Open_OtherRecords_NamesTheProperty()
    {
        await Fill(1);

        using var store = new USearchVectorStore(_folder.Path);
        var other = store.GetCollection<int, Photo>("photos", new VectorStoreCollectionDefinition
        {
            Properties = [new VectorStoreKeyProperty("Id", typeof(int)), new VectorStoreVectorProperty("Vector", typeof(ReadOnlyMemory<float>), 8)],
        });

        Assert.Contains("'Vector'", (await Assert.ThrowsAsync<VectorStoreException>(() => other.GetAsync(1))).Message);
        Assert.Contains("'Vector'", (await Assert.ThrowsAsync<VectorStoreException>(() => other.EnsureCollectionExistsAsync())).Message);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    public async Task Open_GraphDamaged_ComparesAllAndIsMadeAnew(int damage)
    {
        RequireGraphs();
        await Fill(500);
        var graph = Assert.Single(Directory.GetFiles(Collection, "*.usearch"));
        var bytes = await File.ReadAllBytesAsync(graph);
        if (damage == 0)
            File.Delete(graph);
        else if (damage == 1)
            await File.WriteAllBytesAsync(graph, bytes[..^1]);
        else
            await File.WriteAllBytesAsync(graph, [.. bytes[..1000], .. new byte[100], .. bytes[1100..]]);

        using var store = Open(out var photos);
        var expected = Photos.Closest(Photos.Many(500), Photos.Vector(1001)).Take(10).Select(photo => photo.Id).ToArray();
        Assert.Equal(expected, await photos.SearchAsync(Photos.Vector(1001), 10).Select(found => found.Record.Id).ToListAsync());

        await ((USearchCollection<int, Photo>)photos).OptimizeAsync();

        Assert.NotEqual(graph, Assert.Single(Directory.GetFiles(Collection, "*.usearch")));
        Assert.Equal(expected, await photos.SearchAsync(Photos.Vector(1001), 10).Select(found => found.Record.Id).ToListAsync());
    }

    [Fact]
    public async Task Write_AnotherWriter_IsRefusedAndMayRead()
    {
        using var first = Open(out var photos);
        await photos.EnsureCollectionExistsAsync();
        await photos.UpsertAsync(Photos.Of(1));

        using var second = Open(out var other);
        Assert.NotNull(await other.GetAsync(1));
        Assert.Contains("Another store", (await Assert.ThrowsAsync<VectorStoreException>(() => other.UpsertAsync(Photos.Of(2)))).Message);
        await photos.UpsertAsync(Photos.Of(3));
        Assert.NotNull(await other.GetAsync(3));

        first.Dispose();
        await other.UpsertAsync(Photos.Of(2));
        Assert.NotNull(await other.GetAsync(2));
    }

    [Fact]
    public async Task Read_WriterCompactsOrDeletes_FollowsIt()
    {
        using var first = Open(out var photos);
        await photos.EnsureCollectionExistsAsync();
        await photos.UpsertAsync(Photos.Many(300));
        using var second = Open(out var other);
        Assert.NotNull(await other.GetAsync(1));

        await photos.UpsertAsync(Photos.Many(300).Select(photo => { photo.Title = "new"; return photo; }));
        await photos.DeleteAsync(1);
        await ((USearchCollection<int, Photo>)photos).OptimizeAsync();

        Assert.EndsWith("records-2.log", Log, StringComparison.Ordinal);
        Assert.Null(await other.GetAsync(1));
        Assert.Equal("new", (await other.GetAsync(2))!.Title);
        Assert.Equal(299, await other.SearchAsync(Photos.Vector(1), 1000).CountAsync());

        await photos.EnsureCollectionDeletedAsync();

        await Assert.ThrowsAsync<VectorStoreException>(() => other.GetAsync(2));
        Assert.False(await other.CollectionExistsAsync());
    }

    [Fact]
    public async Task Upsert_SameRecordsAgainAndAgain_DoesNotGrowWithoutEnd()
    {
        using var store = Open(out var photos);
        await photos.EnsureCollectionExistsAsync();
        for (var round = 0; round < 20; round++)
            await photos.UpsertAsync(Photos.Many(100));

        Assert.Equal(100, await photos.SearchAsync(Photos.Vector(1), 1000).CountAsync());
        Assert.InRange(new FileInfo(Log).Length, 1, 100 * 5 * 200);
    }

    [Fact]
    public async Task Upsert_NumbersAboveHalf_AreRefusedAndNothingIsStored()
    {
        using var store = Open(out var photos);
        await photos.EnsureCollectionExistsAsync();

        await Assert.ThrowsAsync<ArgumentException>(() => photos.UpsertAsync([Photos.Of(1), new Photo { Id = 2, Vector = Enumerable.Repeat(70_000f, Photo.Dimensions).ToArray() }]));

        Assert.Null(await photos.GetAsync(1));
    }

    [Fact]
    public async Task Upsert_ProcessKilled_HoldsWhatItReported()
    {
        for (var round = 0; round < 3; round++)
        {
            using var writer = Process.Start(DotnetProcess.Describe(Probe, _folder.Path))!;
            var reported = -1;
            // Killed in the middle of a later commit, or of building the graph.
            while (reported < 40 * (round + 1) && await writer.StandardOutput.ReadLineAsync(Patience.Token) is { } line)
                reported = int.Parse(line, CultureInfo.InvariantCulture);
            writer.Kill();
            while (await writer.StandardOutput.ReadLineAsync(Patience.Token) is { Length: > 0 } line && int.TryParse(line, CultureInfo.InvariantCulture, out var last))
                reported = last;
            await writer.WaitForEndAsync();

            using var store = new USearchVectorStore(_folder.Path);
            var notes = store.GetDynamicCollection("probe", new VectorStoreCollectionDefinition
            {
                Properties = [new VectorStoreKeyProperty("Id", typeof(int)), new VectorStoreVectorProperty("Vector", typeof(float[]), 8)],
            });
            var keys = await notes.GetAsync(note => true, int.MaxValue).Select(note => (int)note["Id"]!).Order().ToListAsync();
            Assert.True(reported >= 40 * (round + 1), $"the process reported {reported}");
            // All of what was reported; and of the next commit all or nothing.
            Assert.Equal(Enumerable.Range(0, keys.Count), keys);
            Assert.True(keys.Count > reported && keys.Count % 5 == 0, $"{reported} was reported, and there are {keys.Count}");
            await notes.UpsertAsync(new Dictionary<string, object?> { ["Id"] = 0, ["Vector"] = new float[] { 1, 2, 3, 4, 5, 6, 7, 8 } });
        }
    }

    private static string Probe { get; } = Path.Combine(
        typeof(USearchFilesTests).Assembly.GetCustomAttributes(typeof(System.Reflection.AssemblyMetadataAttribute), false)
            .Cast<System.Reflection.AssemblyMetadataAttribute>().Single(data => data.Key == "ProbeFolder").Value!, "Clip.VectorStores.Probe.dll");

    private static void RequireGraphs() => Assert.SkipWhen(USearchVectorStore.ExactSearchReason is not null, USearchVectorStore.ExactSearchReason ?? "");

    private USearchVectorStore Open(out VectorStoreCollection<int, Photo> photos)
    {
        var store = new USearchVectorStore(_folder.Path, new USearchVectorStoreOptions { ExactSearchLimit = 200 });
        photos = store.GetCollection<int, Photo>("photos");
        return store;
    }

    private async Task Fill(int count)
    {
        using var store = Open(out var photos);
        await photos.EnsureCollectionExistsAsync();
        foreach (var part in Photos.Many(count).Chunk(Math.Max(count / 3, 1)))
            await photos.UpsertAsync(part);
    }
}
