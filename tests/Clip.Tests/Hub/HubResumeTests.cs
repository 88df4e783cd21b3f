using Clip.Hub;
using Clip.Tests.Hub.Server;

namespace Clip.Tests.Hub;

public sealed class HubResumeTests : IDisposable
{
    private const string Model = "model.safetensors";

    private readonly HubWorld _world = new();
    private readonly byte[] _content;
    private readonly string _etag;

    public HubResumeTests()
    {
        _content = _world.Hub.Add(Model, FakeHub.MakeBytes(500_000), isLarge: true);
        _etag = FakeHub.Sha256(_content);
    }

    private FakeServer Storage => _world.Hub.Storage;

    private long?[] Offsets => [.. Storage.Requests.Select(request => request.Offset)];

    public void Dispose() => _world.Dispose();

    [Fact]
    public async Task DownloadAsync_BrokenConnection_GoesOnWhereItEnded()
    {
        Storage.Override = request => request.Offset is null ? new(200) { Body = _content, CutAfter = 200_000 } : null;
        await AssertDownloadsAsync();
        Assert.Equal([null, 200_000], Offsets);
    }

    [Fact]
    public async Task DownloadAsync_ConnectionBrokenInEveryMebibyte_NeedsNoMoreRetriesThanAllowed()
    {
        var content = _world.Hub.Add("large.bin", FakeHub.MakeBytes(5 << 20), isLarge: true);
        Storage.Override = request =>
        {
            var whole = FakeResponse.Bytes(content, request.Offset);
            return whole with { CutAfter = Math.Min(whole.Body.Length, (1 << 20) + 1) };
        };
        var snapshot = await _world.OpenPinnedAsync(options => options with { Retries = 1 });
        Assert.Equal(content, await File.ReadAllBytesAsync(await snapshot.DownloadAsync("large.bin")));
        Assert.Equal(5, Storage.Gets);
    }

    [Fact]
    public async Task DownloadAsync_ServerThatIgnoresRangesAndAlwaysBreaks_GivesUp()
    {
        var content = _world.Hub.Add("large.bin", FakeHub.MakeBytes(3 << 20), isLarge: true);
        Storage.Override = _ => new(200) { Body = content, CutAfter = 2 << 20 };
        var snapshot = await _world.OpenPinnedAsync(options => options with { Retries = 2 });
        var error = await Assert.ThrowsAsync<HubException>(() => snapshot.DownloadAsync("large.bin"));
        Assert.Equal(HubErrorKind.Unreachable, error.Kind);
        // Three tries end at the same byte; having got that far once earns one more round.
        Assert.InRange(Storage.Gets, 3, 6);
    }

    [Fact]
    public async Task DownloadAsync_PartialFileOfAnEarlierProcess_IsCompleted()
    {
        _world.WriteToCache($"blobs/{_etag}.incomplete", _content[..123_456]);
        var progress = new ProgressRecorder();
        await AssertDownloadsAsync(progress);
        Assert.Equal([123_456], Offsets);
        Assert.Equal(123_456, progress.Reports[0].BytesReceived);
    }

    [Fact]
    public async Task DownloadAsync_WholePartialFile_IsVerifiedWithoutAskingForBytes()
    {
        _world.WriteToCache($"blobs/{_etag}.incomplete", _content);
        await AssertDownloadsAsync();
        Assert.Empty(Offsets);
    }

    [Fact]
    public async Task DownloadAsync_PartialFileOfOtherBytes_StartsAgainOnce()
    {
        _world.WriteToCache($"blobs/{_etag}.incomplete", FakeHub.MakeBytes(1000));
        await AssertDownloadsAsync();
        Assert.Equal([1000, null], Offsets);
    }

    [Fact]
    public async Task DownloadAsync_PartialFileLongerThanTheFile_StartsAgain()
    {
        _world.WriteToCache($"blobs/{_etag}.incomplete", new byte[_content.Length + 1]);
        await AssertDownloadsAsync();
        Assert.Equal([null], Offsets);
    }

    [Fact]
    public async Task DownloadAsync_ServerIgnoresTheRange_TakesTheWhole()
    {
        _world.WriteToCache($"blobs/{_etag}.incomplete", _content[..1000]);
        Storage.Override = _ => new(200) { Body = _content };
        await AssertDownloadsAsync();
        Assert.Equal([1000], Offsets);
    }

    [Theory]
    [InlineData(416, null)]
    [InlineData(206, null)]
    [InlineData(206, "bytes 0-499999/500000")]
    [InlineData(206, "bytes 1000-499999/500001")]
    [InlineData(206, "rows 1000-499999/500000")]
    public async Task DownloadAsync_ServerAnswersAnotherRange_StartsAgain(int status, string? range)
    {
        _world.WriteToCache($"blobs/{_etag}.incomplete", _content[..1000]);
        Storage.Override = request => request.Offset is null ? null
            : new(status) { Body = _content[1000..], Headers = range is null ? [] : new() { ["Content-Range"] = range } };
        await AssertDownloadsAsync();
        Assert.Equal([1000, null], Offsets);
    }

    [Fact]
    public async Task DownloadAsync_WrongBytes_TriesOnceMoreAndThenSaysSo()
    {
        Storage.Override = _ => new(200) { Body = FakeHub.MakeBytes(_content.Length + 1)[1..] };
        var error = await ThrowsAsync();
        Assert.Equal(HubErrorKind.Damaged, error.Kind);
        Assert.Contains(_etag, error.Message);
        Assert.Equal(Model, error.File);
        Assert.Equal(2, Storage.Gets);
        Assert.Empty(_world.BlobNames());
        Assert.False(Directory.EnumerateFileSystemEntries(Path.Combine(_world.RepositoryFolder, "snapshots", FakeHub.Commit)).Any());
    }

    [Fact]
    public async Task DownloadAsync_WrongBytesOnce_AreReplaced()
    {
        Storage.Override = _ => Storage.Gets == 1 ? new(200) { Body = new byte[_content.Length] } : null;
        await AssertDownloadsAsync();
        Assert.Equal([null, null], Offsets);
    }

    [Fact]
    public async Task DownloadAsync_WrongBytesOfASmallFile_AreNoticedByTheHashOfGit()
    {
        _world.Server.Override = request => request.Method == "GET" ? new(200) { Body = "[]"u8.ToArray() } : null;
        var snapshot = await _world.OpenPinnedAsync();
        var error = await Assert.ThrowsAsync<HubException>(() => snapshot.DownloadAsync("config.json"));
        Assert.Equal(HubErrorKind.Damaged, error.Kind);
    }

    [Theory]
    [InlineData(499_999)]
    [InlineData(500_001)]
    public async Task DownloadAsync_AnotherSizeThanAnnounced_IsDamaged(int size)
    {
        Storage.Override = _ => new(200) { Body = FakeHub.MakeBytes(size) };
        var error = await ThrowsAsync();
        Assert.Equal(HubErrorKind.Damaged, error.Kind);
        Assert.Contains($"{500_000:N0}", error.Message);
        Assert.Empty(_world.BlobNames());
    }

    [Fact]
    public async Task DownloadAsync_MoreBytesThanTheRangeHas_IsDamaged()
    {
        _world.WriteToCache($"blobs/{_etag}.incomplete", _content[..1000]);
        Storage.Override = request => new(206)
        {
            Body = new byte[_content.Length],
            Headers = { ["Content-Range"] = $"bytes {request.Offset ?? 0}-499999/500000" },
        };
        Assert.Equal(HubErrorKind.Damaged, (await ThrowsAsync()).Kind);
    }

    [Fact]
    [Trait("Category", "Timing")]
    public async Task DownloadAsync_ServerFallsSilent_IsATimeoutAndResumed()
    {
        Storage.Override = request => request.Offset is null ? new(200) { Body = _content, CutAfter = 100_000, Hold = Task.Delay(Timeout.Infinite) } : null;
        await AssertDownloadsAsync(change: options => options with { Timeout = TimeSpan.FromSeconds(1) });
        Assert.Null(Offsets[0]);
        Assert.Equal(100_000, Offsets[1]);
    }

    [Fact]
    [Trait("Category", "Timing")]
    public async Task DownloadAsync_ServerSilentForEver_SaysHowFarItCame()
    {
        Storage.Override = request => FakeResponse.Bytes(_content, request.Offset) with { CutAfter = 0, Hold = Task.Delay(Timeout.Infinite) };
        var error = await ThrowsAsync(options => options with { Timeout = TimeSpan.FromMilliseconds(500), Retries = 1 });
        Assert.Equal(HubErrorKind.Unreachable, error.Kind);
        Assert.Contains($"No bytes came for {0.5} seconds", error.Message);
        Assert.Equal(2, Storage.Gets);
    }

    [Fact]
    public async Task DownloadAsync_Cancelled_LeavesThePartForTheNextOne()
    {
        Storage.Override = request => request.Offset is null ? new(200) { Body = _content, CutAfter = 100_000, Hold = Task.Delay(Timeout.Infinite) } : null;
        var snapshot = await _world.OpenPinnedAsync();
        using var cancellation = new CancellationTokenSource();
        var progress = new ProgressRecorder(report =>
        {
            if (report.BytesReceived > 0)
                cancellation.Cancel();
        });
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => snapshot.DownloadAsync(Model, progress, cancellation.Token));
        Assert.Equal([$"{_etag}.incomplete"], _world.BlobNames());
        var received = new FileInfo(Path.Combine(_world.RepositoryFolder, "blobs", $"{_etag}.incomplete")).Length;
        Assert.InRange(received, 1, 100_000);

        await AssertDownloadsAsync();
        Assert.Equal(received, Offsets[^1]);
        Assert.Equal([_etag], _world.BlobNames());
    }

    private async Task AssertDownloadsAsync(IProgress<HubProgress>? progress = null, Func<HubOptions, HubOptions>? change = null)
    {
        var snapshot = await _world.OpenPinnedAsync(change);
        Assert.Equal(_content, await File.ReadAllBytesAsync(await snapshot.DownloadAsync(Model, progress)));
    }

    private async Task<HubException> ThrowsAsync(Func<HubOptions, HubOptions>? change = null)
    {
        var snapshot = await _world.OpenPinnedAsync(change);
        return await Assert.ThrowsAsync<HubException>(() => snapshot.DownloadAsync(Model));
    }
}
