using Clip.Hub;
using Clip.Tests.Hub.Server;

namespace Clip.Tests.Hub;

/// <summary>Several downloads of one file: threads, clients, processes, and a process that dies.</summary>
public sealed class HubLockTests : IDisposable
{
    private const string Model = "model.safetensors";

    private readonly HubWorld _world = new();
    private readonly byte[] _content;
    private readonly string _etag;

    public HubLockTests()
    {
        _content = _world.Hub.Add(Model, FakeHub.MakeBytes(2_000_000), isLarge: true);
        _etag = FakeHub.Sha256(_content);
    }

    private FakeServer Storage => _world.Hub.Storage;

    public void Dispose() => _world.Dispose();

    [Fact]
    public async Task DownloadAsync_TwoClientsAtOnce_DownloadOnce()
    {
        var both = new TaskCompletionSource();
        Storage.Override = _ => new(200) { Body = _content, HoldAfter = 1_000_000, Hold = both.Task };
        var progress = new ProgressRecorder(report =>
        {
            if (report.IsWaiting)
                both.TrySetResult();
        });
        var first = (await _world.OpenPinnedAsync()).DownloadAsync(Model, progress);
        var second = (await _world.OpenPinnedAsync()).DownloadAsync(Model, progress);
        Assert.Equal(await first, await second);
        Assert.Equal(_content, await File.ReadAllBytesAsync(await second));
        Assert.Equal(1, Storage.Gets);
        Assert.Contains(progress.Reports, report => report.IsWaiting && report.TotalBytes == _content.Length);
    }

    [Fact]
    public async Task DownloadAsync_ManyThreads_DownloadOnce()
    {
        var snapshot = await _world.OpenAsync();
        var paths = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(() => snapshot.DownloadAsync(Model))));
        Assert.Single(paths.Distinct());
        Assert.Equal(1, Storage.Gets);
    }

    [Fact]
    public async Task DownloadAsync_TwoProcessesAtOnce_DownloadOnce()
    {
        // Half of the body is held back until both processes have asked what the file is.
        var both = new TaskCompletionSource();
        var asked = 0;
        _world.Server.Override = request =>
        {
            if (request.Method == "HEAD" && request.Target.EndsWith(Model, StringComparison.Ordinal) && Interlocked.Increment(ref asked) == 2)
                both.TrySetResult();
            return null;
        };
        Storage.Override = _ => new(200) { Body = _content, HoldAfter = 1_000_000, Hold = both.Task };
        using var first = HubProbe.Start(_world, Model);
        using var second = HubProbe.Start(_world, Model);
        var paths = await Task.WhenAll(HubProbe.FinishAsync(first), HubProbe.FinishAsync(second));

        Assert.Equal(paths[0], paths[1]);
        Assert.Equal(_content, await File.ReadAllBytesAsync(paths[0]));
        Assert.Equal(1, Storage.Gets);
    }

    [Fact]
    public async Task DownloadAsync_KilledProcess_LeavesNoLockAndIsContinued()
    {
        Storage.Override = request => request.Offset is null ? new(200) { Body = _content, CutAfter = 1_500_000, Hold = Task.Delay(Timeout.Infinite) } : null;
        using (var process = HubProbe.Start(_world, Model))
        {
            var partial = new FileInfo(Path.Combine(_world.RepositoryFolder, "blobs", $"{_etag}.incomplete"));
            // What is written in whole buffers of a mebibyte is on disk when the process is killed.
            await Patience.UntilAsync(() =>
            {
                partial.Refresh();
                return process.HasExited || (partial.Exists && partial.Length >= 1 << 20);
            });
            Assert.False(process.HasExited);
            process.Kill();
            await process.WaitForEndAsync();
        }

        var progress = new ProgressRecorder();
        var path = await (await _world.OpenAsync()).DownloadAsync(Model, progress);
        Assert.Equal(_content, await File.ReadAllBytesAsync(path));
        Assert.DoesNotContain(progress.Reports, report => report.IsWaiting);
        Assert.Equal([_etag], _world.BlobNames());
        Assert.InRange(Storage.Requests[^1].Offset ?? 0, 1 << 20, 1_500_000);
    }

    [Fact]
    public async Task DownloadAsync_LockFileThatMerelyLiesThere_IsTaken()
    {
        var path = PrepareLock();
        await File.WriteAllTextAsync(path, "");
        await (await _world.OpenPinnedAsync()).DownloadAsync(Model);
        Assert.Equal(1, Storage.Gets);
    }

    [Fact]
    public async Task DownloadAsync_LockOfPython_IsWaitedFor()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "flock is a call of Unix.");
        File.WriteAllText(PrepareLock(), "");
        using var other = UnixLock.Open(PrepareLock());
        Assert.True(other.TryAcquire());
        var progress = new ProgressRecorder(report =>
        {
            if (report.IsWaiting)
                other.Release();
        });
        await (await _world.OpenPinnedAsync()).DownloadAsync(Model, progress);
        Assert.True(progress.Reports[0].IsWaiting);
        Assert.True(other.TryAcquire());
    }

    [Fact]
    public async Task DownloadAsync_HeldLock_IsNotOpenToPython()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "flock is a call of Unix.");
        bool? acquired = null;
        var progress = new ProgressRecorder(_ =>
        {
            using var other = UnixLock.Open(PrepareLock());
            acquired = other.TryAcquire();
        });
        await (await _world.OpenPinnedAsync()).DownloadAsync(Model, progress);
        Assert.False(acquired);
    }

    [Fact]
    [Trait("Category", "Timing")]
    public async Task DownloadAsync_HolderThatDoesNotGetOn_IsReported()
    {
        await using var held = new FileStream(PrepareLock(), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        var snapshot = await _world.OpenPinnedAsync(options => options with { LockTimeout = TimeSpan.FromMilliseconds(200) });
        var error = await Assert.ThrowsAsync<HubException>(() => snapshot.DownloadAsync(Model));
        Assert.Equal(HubErrorKind.Storage, error.Kind);
        Assert.Contains($"{_etag}.lock", error.Message);
    }

    [Fact]
    public async Task DownloadAsync_CancelledWhileWaiting_Throws()
    {
        await using var held = new FileStream(PrepareLock(), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        using var cancellation = new CancellationTokenSource();
        var progress = new ProgressRecorder(_ => cancellation.Cancel());
        var snapshot = await _world.OpenPinnedAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => snapshot.DownloadAsync(Model, progress, cancellation.Token));
    }

    private string PrepareLock()
    {
        var folder = Path.Combine(_world.CacheFolder, ".locks", "models--org--name");
        Directory.CreateDirectory(folder);
        return Path.Combine(folder, $"{_etag}.lock");
    }
}
