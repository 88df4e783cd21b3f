using System.Collections.Concurrent;
using System.Text;
using Clip.Shards.Tests.Support;
using Clip.Training.Tests.Data;
using Parquet;
using Parquet.Schema;

namespace Clip.Shards.Tests;

/// <summary>Workers on shards of a folder.</summary>
public sealed class ShardEmbedderTests(TinyModel model) : IDisposable
{
    private readonly ShardFiles _files = new();

    public void Dispose() => _files.Dispose();

    [Fact]
    [NoTensorLeaks]
    public async Task Run_Shards_WritesRowsWithTheirMetadata()
    {
        var shards = _files.Write(2);

        var result = await Worker().RunAsync(shards);

        Assert.Equal((2, 0, 12, 0, 0), (result.Done, result.AlreadyDone, result.Rows, result.UnreadableRows, result.Failed.Count));
        Assert.Equal(["img_emb_00000.npy", "img_emb_00001.npy"], _files.Names("img_emb"));
        Assert.Equal(["metadata_00000.parquet", "metadata_00001.parquet"], _files.Names("metadata"));
        Assert.Empty(_files.Names("leases"));
        RequireRows(Enumerable.Range(6, 6), _files.Embeddings("img_emb/img_emb_00001.npy"));
        var (keys, captions, errors) = await ReadMetadataAsync("00001");
        Assert.Equal(Enumerable.Range(0, 6).Select(row => $"00001{row:D4}"), keys);
        Assert.Equal(Enumerable.Range(0, 6).Select(row => $"the photo {row}"), captions);
        Assert.All(errors, Assert.Null);
    }

    [Fact]
    public async Task Run_Captions_HaveRowsToo()
    {
        var tar = new TarBlocks().Add("a.png", ShardFiles.Image(0)).Add("b.png", ShardFiles.Image(1)).Add("b.txt", "the photo"u8.ToArray())
            .Add("c.png", ShardFiles.Image(2)).Add("c.txt", Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat("a long caption ", 40))));
        _files.Write("00000.tar", tar.ToArray());

        await Worker(new ShardEmbedderOptions { WithCaptions = true }).RunAsync(Shard.Find(_files.File("00000.tar")));

        var rows = _files.Embeddings("text_emb/text_emb_00000.npy");
        Assert.All(rows[0], value => Assert.Equal((Half)0, value));
        Assert.Equal(model.Clip.EmbedText("the photo").Select(value => (Half)value), rows[1]);
        Assert.Equal(3, rows.Length);
    }

    [Fact]
    public async Task Run_Again_DoesNothing()
    {
        var shards = _files.Write(2);
        await Worker().RunAsync(shards);
        var before = _files.Contents();
        var told = new ConcurrentQueue<ShardResult>();

        var result = await Worker().RunAsync(shards, new Reports(told));

        Assert.Equal((0, 2, 0), (result.Done, result.AlreadyDone, result.Rows));
        Assert.Empty(told);
        Assert.Equal(before, _files.Contents());
    }

    [Fact]
    public async Task Run_TwoWorkersAtOnce_DoEachShardOnceAndTheSame()
    {
        var shards = _files.Write(8);
        await Worker().RunAsync(shards);
        var alone = _files.Contents();
        Directory.Delete(_files.Output, recursive: true);
        var told = new ConcurrentQueue<ShardResult>();

        await Task.WhenAll(Enumerable.Range(0, 2).Select(index => Task.Run(() => Worker(new ShardEmbedderOptions { Worker = new(index, 2) }).RunAsync(shards, new Reports(told)))));

        Assert.Equal(shards.Select(shard => shard.Number), told.Select(result => result.Shard.Number).Order(StringComparer.Ordinal));
        Assert.Equal(alone, _files.Contents());
        Assert.Empty(_files.Names("leases"));
    }

    [Fact]
    public async Task Run_UnreadableImages_AreInTheMetadata()
    {
        var tar = new TarBlocks().Add("a.png", ShardFiles.Image(0)).Add("b.png", "no image"u8.ToArray()).Add("b.txt", "b"u8.ToArray())
            .Add("c.txt", "c"u8.ToArray()).Add("d.png", ShardFiles.Image(3)).Add("e.png", new byte[3_000]);
        _files.Write("00000.tar", tar.ToArray());

        var result = await Worker(new ShardEmbedderOptions { MaxBadShare = 0.6, MaxImageBytes = 2_000 }).RunAsync(Shard.Find(_files.File("00000.tar")));

        Assert.Equal((1, 5, 3), (result.Done, result.Rows, result.UnreadableRows));
        var (keys, captions, errors) = await ReadMetadataAsync("00000");
        Assert.Equal(["a", "b", "c", "d", "e"], keys);
        Assert.Equal([null, "b", "c", null, null], captions);
        Assert.Equal([true, false, false, true, false], errors.Select(error => error is null));
        Assert.Contains("no image", errors[2], StringComparison.Ordinal);
        Assert.Contains("3,000 bytes", errors[4], StringComparison.Ordinal);
        var rows = _files.Embeddings("img_emb/img_emb_00000.npy");
        RequireRows([0], [rows[0]]);
        RequireRows([3], [rows[3]]);
        Assert.All(rows[1].Concat(rows[2]).Concat(rows[4]), value => Assert.Equal((Half)0, value));
    }

    [Fact]
    public async Task Run_TooManyUnreadableImages_FailsTheShardAndDoesTheOthers()
    {
        var shards = _files.Write(2);
        _files.Write("00000.tar", new TarBlocks().Add("a.png", ShardFiles.Image(0)).Add("b.png", "no image"u8.ToArray()).ToArray());

        var result = await Worker().RunAsync(shards);

        Assert.Equal(1, result.Done);
        var failed = Assert.Single(result.Failed);
        Assert.Equal("00000", failed.Shard.Number);
        Assert.Contains("has 1 images that cannot be read among 2", failed.Problem, StringComparison.Ordinal);
        Assert.Equal(["img_emb_00001.npy"], _files.Names("img_emb"));
        Assert.Equal(["metadata_00001.parquet"], _files.Names("metadata"));
        Assert.Equal(failed.Problem + "\n", File.ReadAllText(Path.Combine(_files.Output, "failed", "00000")));
    }

    [Theory]
    [InlineData(100)]       // inside of a header
    [InlineData(600)]       // inside of an image
    [InlineData(-1024)]     // between two entries: only the mark of the end is missing
    public async Task Run_CutShard_FailsAndIsDoneWhenItIsWhole(int bytes)
    {
        var whole = ShardFiles.Whole(0);
        _files.Write("00000.tar", bytes > 0 ? whole[..bytes] : whole[..^-bytes]);
        var shards = Shard.Find(_files.File("00000.tar"));

        var result = await Worker().RunAsync(shards);

        Assert.Contains("cannot be read whole", Assert.Single(result.Failed).Problem, StringComparison.Ordinal);
        Assert.Empty(_files.Names("img_emb"));
        Assert.Equal(["00000"], (await ShardStatus.ReadAsync(_files.Store, TimeSpan.FromMinutes(1))).Failed);

        _files.Write("00000.tar", whole);
        Assert.Equal(1, (await Worker().RunAsync(shards)).Done);
        Assert.Empty((await ShardStatus.ReadAsync(_files.Store, TimeSpan.FromMinutes(1))).Failed);
    }

    [Fact]
    public async Task Run_StaleLease_IsTakenOver()
    {
        var shards = _files.Write(1);
        await _files.Store.TryCreateAsync("leases/00000", "another worker\n"u8.ToArray());
        File.SetLastWriteTimeUtc(Path.Combine(_files.Output, "leases", "00000"), DateTime.UtcNow.AddHours(-1));
        Assert.Equal(0, (await Worker(new ShardEmbedderOptions { StaleAfter = TimeSpan.FromHours(2), WaitForOthers = false }).RunAsync(shards)).Done);

        var result = await Worker(new ShardEmbedderOptions { StaleAfter = TimeSpan.FromMinutes(5) }).RunAsync(shards);

        Assert.Equal(1, result.Done);
        Assert.Empty(_files.Names("leases"));
    }

    [Fact]
    public async Task Run_LeaseOfAWorkerThatGivesNoSigns_IsWaitedForAndTaken()
    {
        var shards = _files.Write(2);
        await _files.Store.TryCreateAsync("leases/00001", "another worker\n"u8.ToArray());

        var result = await Worker(new ShardEmbedderOptions { StaleAfter = TimeSpan.FromSeconds(1) }).RunAsync(shards, cancellationToken: Patience.Token);

        Assert.Equal((2, 0), (result.Done, result.Left));
    }

    [Fact]
    public async Task Run_LiveLeaseAndNoWaiting_LeavesTheShard()
    {
        var shards = _files.Write(2);
        await _files.Store.TryCreateAsync("leases/00001", "another worker\n"u8.ToArray());

        var result = await Worker(new ShardEmbedderOptions { WaitForOthers = false }).RunAsync(shards);

        Assert.Equal((1, 1), (result.Done, result.Left));
        var status = await ShardStatus.ReadAsync(_files.Store, TimeSpan.FromMinutes(1));
        Assert.Equal((1, 1, 0, 6), (status.Done, status.Leased, status.Stale, status.Rows));
        Assert.Equal(["00001"], _files.Names("leases"));
    }

    [Theory]
    [InlineData("metadata/metadata_00001.parquet")]
    [InlineData("img_emb/img_emb_00001.npy")]
    public async Task Run_FullDisk_LeavesNoPartAndNoLease(string failing)
    {
        var shards = _files.Write(3);

        var error = await Assert.ThrowsAsync<IOException>(() => new ShardEmbedder(model.Clip, new FailingStore(_files.Store, failing)).RunAsync(shards));

        Assert.Contains("No space left", error.Message, StringComparison.Ordinal);
        Assert.Equal(["img_emb_00000.npy"], _files.Names("img_emb"));
        Assert.Empty(_files.Names("leases"));
        Assert.All(_files.Names("metadata"), name => Assert.DoesNotContain(".tmp", name, StringComparison.Ordinal));
        var again = await Worker().RunAsync(shards);
        Assert.Equal((2, 1), (again.Done, again.AlreadyDone));
    }

    [Fact]
    public async Task Run_Cancelled_DropsTheShardAndItsLease()
    {
        var shards = _files.Write(2);
        using var cancel = new CancellationTokenSource();
        var options = new ShardEmbedderOptions
        {
            Open = (address, _) =>
            {
                if (address.EndsWith("00001.tar", StringComparison.Ordinal))
                    cancel.Cancel();
                return null;
            },
        };

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Worker(options).RunAsync(shards, cancellationToken: cancel.Token));

        Assert.Equal(["img_emb_00000.npy"], _files.Names("img_emb"));
        Assert.Empty(_files.Names("leases"));
    }

    [Fact]
    public async Task Run_LeaseTakenByAnother_DropsTheShard()
    {
        _files.Write(1);
        var told = new ConcurrentQueue<ShardResult>();
        var path = Path.Combine(_files.Output, "leases", "00000");
        var options = new ShardEmbedderOptions
        {
            StaleAfter = TimeSpan.FromMilliseconds(200),
            WaitForOthers = false,
            Open = (address, cancelled) =>
            {
                File.WriteAllText(path, "another worker\n");
                File.SetLastWriteTimeUtc(path, DateTime.UtcNow.AddHours(1));
                Assert.True(cancelled.WaitHandle.WaitOne(Patience.Limit));
                cancelled.ThrowIfCancellationRequested();
                return null;
            },
        };

        await Worker(options).RunAsync(Shard.Find(_files.File("00000.tar")), new Reports(told));

        Assert.Equal(ShardOutcome.Lost, Assert.Single(told).Outcome);
        Assert.Equal("another worker\n", File.ReadAllText(path));
        Assert.Empty(_files.Names("img_emb"));
    }

    [Fact]
    public async Task Run_StoreOfAnotherModelOrList_ThrowsShardException()
    {
        var shards = _files.Write(2);
        await Worker().RunAsync(shards);
        using var other = model.Load(1);

        var error = await Assert.ThrowsAsync<ShardException>(() => new ShardEmbedder(other, _files.Store).RunAsync(shards));
        Assert.Contains("holds other embeddings", error.Message, StringComparison.Ordinal);
        await Assert.ThrowsAsync<ShardException>(() => Worker().RunAsync(Shard.Find(_files.File("a.tar"))));
    }

    [Fact]
    public async Task Run_MoreSamplesThanAllowed_FailsTheShard()
    {
        var shards = _files.Write(1);

        var result = await Worker(new ShardEmbedderOptions { MaxSamples = 5 }).RunAsync(shards);

        Assert.Contains("more than 5 samples", Assert.Single(result.Failed).Problem, StringComparison.Ordinal);
    }

    private ShardEmbedder Worker(ShardEmbedderOptions? options = null) => new(model.Clip, _files.Store, options);

    private void RequireRows(IEnumerable<int> images, Half[][] rows)
    {
        var expected = model.Clip.EmbedImages(images.Select(number => Clip.Preprocessing.ImageSource.FromBytes(ShardFiles.Image(number))));
        Assert.Equal(expected.Length, rows.Length);
        for (var row = 0; row < rows.Length; row++)
            Assert.Equal(expected[row].Select(value => (Half)value), rows[row]);
    }

    private async Task<(string?[] Keys, string?[] Captions, string?[] Errors)> ReadMetadataAsync(string number)
    {
        await using var file = File.OpenRead(Path.Combine(_files.Output, "metadata", $"metadata_{number}.parquet"));
        await using var reader = await ParquetReader.CreateAsync(file);
        using var group = reader.OpenRowGroupReader(0);
        Assert.Equal(["image_path", "caption", "error"], reader.Schema.GetDataFields().Select(field => field.Name));
        var columns = new List<string?[]>();
        foreach (var field in reader.Schema.GetDataFields())
            columns.Add(await ReadAsync(group, field));
        return (columns[0], columns[1], columns[2]);
    }

    private static async Task<string?[]> ReadAsync(ParquetRowGroupReader group, DataField field)
    {
        var values = new string?[group.RowCount];
        await group.ReadAsync(field, values.AsMemory());
        return values;
    }

    private sealed class Reports(ConcurrentQueue<ShardResult> queue) : IProgress<ShardResult>
    {
        public void Report(ShardResult value) => queue.Enqueue(value);
    }
}
