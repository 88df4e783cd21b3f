using Clip.Hub;
using Clip.Tests.Hub.Server;

namespace Clip.Tests.Hub;

public sealed class HubDownloadTests : IDisposable
{
    private readonly HubWorld _world = new();

    public void Dispose() => _world.Dispose();

    [Fact]
    public async Task DownloadAsync_LargeFile_IsStoredAsPythonStoresIt()
    {
        var content = _world.Hub.Add("sub/folder/model.safetensors", FakeHub.MakeBytes(300_000), isLarge: true);
        var progress = new ProgressRecorder();

        var snapshot = await _world.OpenAsync();
        var path = await snapshot.DownloadAsync("sub/folder/model.safetensors", progress);

        var etag = FakeHub.Sha256(content);
        Assert.Equal(content, await File.ReadAllBytesAsync(path));
        Assert.Equal(Path.Combine(_world.RepositoryFolder, "snapshots", FakeHub.Commit), snapshot.SnapshotFolder);
        Assert.Equal(Path.Combine(snapshot.SnapshotFolder, "sub", "folder", "model.safetensors"), path);
        Assert.Equal([etag], _world.BlobNames());
        Assert.Equal(FakeHub.Commit, await File.ReadAllTextAsync(Path.Combine(_world.RepositoryFolder, "refs", "main")));
        Assert.True(File.Exists(Path.Combine(_world.CacheFolder, ".locks", "models--org--name", $"{etag}.lock")));
        if (!OperatingSystem.IsWindows())
            Assert.Equal($"../../../../blobs/{etag}", new FileInfo(path).LinkTarget);
        Assert.Equal(new HubProgress("sub/folder/model.safetensors", 0, content.Length), progress.Reports[0]);
        Assert.Equal(new HubProgress("sub/folder/model.safetensors", content.Length, content.Length), progress.Reports[^1]);
    }

    [Fact]
    public async Task DownloadAsync_RedirectToAnotherHost_KeepsTheTokenFromIt()
    {
        _world.Hub.Add("model.safetensors", FakeHub.MakeBytes(1000), isLarge: true);
        var snapshot = await _world.OpenAsync();
        await snapshot.DownloadAsync("model.safetensors");

        Assert.All(_world.Server.Requests, request => Assert.Equal($"Bearer {HubWorld.Token}", request.Headers["Authorization"]));
        var request = Assert.Single(_world.Hub.Storage.Requests);
        Assert.DoesNotContain("Authorization", request.Headers.Keys);
        Assert.DoesNotContain(request.Headers.Values, value => value.Contains(HubWorld.Token, StringComparison.Ordinal));
    }

    [Fact]
    public async Task DownloadAsync_SmallFile_IsNamedByTheHashOfGit()
    {
        var content = _world.Hub.Add("merges.txt", "a b\nc d\n"u8.ToArray(), isLarge: false);
        var path = await (await _world.OpenAsync()).DownloadAsync("merges.txt");
        Assert.Equal(content, await File.ReadAllBytesAsync(path));
        Assert.Equal([FakeHub.GitHash(content)], _world.BlobNames());
    }

    [Fact]
    public async Task DownloadAsync_EmptyFile_IsMadeWithoutAskingForItsBytes()
    {
        _world.Hub.Add("empty", [], isLarge: false);
        var path = await (await _world.OpenAsync()).DownloadAsync("empty");
        Assert.Empty(await File.ReadAllBytesAsync(path));
        Assert.Equal(0, _world.Server.Gets);
    }

    [Fact]
    public async Task DownloadAsync_CachedFile_TakesNoRequest()
    {
        var content = _world.Hub.Add("model.safetensors", FakeHub.MakeBytes(1000), isLarge: true);
        await (await _world.OpenAsync()).DownloadAsync("model.safetensors");
        var before = _world.Server.Requests.Count;

        var path = await (await _world.OpenPinnedAsync()).DownloadAsync("model.safetensors");
        Assert.Equal(content, await File.ReadAllBytesAsync(path));
        Assert.Equal(before, _world.Server.Requests.Count);
    }

    [Fact]
    public async Task DownloadAsync_TwoFilesOfTheSameContent_ShareOneBlob()
    {
        var content = FakeHub.MakeBytes(1000);
        _world.Hub.Add("a.bin", content, isLarge: false);
        _world.Hub.Add("b.bin", content, isLarge: false);
        var snapshot = await _world.OpenAsync();
        await snapshot.DownloadAsync("a.bin");
        Assert.Equal(content, await File.ReadAllBytesAsync(await snapshot.DownloadAsync("b.bin")));
        Assert.Equal(1, _world.Server.Gets);
    }

    [Fact]
    public async Task DownloadAsync_AllFiles_ComeFromTheCommitOfTheStart()
    {
        var snapshot = await _world.OpenAsync();
        await snapshot.DownloadAsync("config.json");
        Assert.Equal(FakeHub.Commit, snapshot.Commit);
        Assert.Equal("/org/name/resolve/main/config.json", _world.Server.Requests[0].Target);
        Assert.All(_world.Server.Requests.Skip(1), request => Assert.StartsWith($"/org/name/resolve/{FakeHub.Commit}/", request.Target));
    }

    [Fact]
    public async Task OpenAsync_ReferenceWithSlashes_IsEscapedInTheAddressAndKeptInFolders()
    {
        await _world.OpenAsync("refs/pr/1");
        Assert.Equal("/org/name/resolve/refs%2Fpr%2F1/config.json", _world.Server.Requests[0].Target);
        Assert.Equal(FakeHub.Commit, await File.ReadAllTextAsync(Path.Combine(_world.RepositoryFolder, "refs", "refs", "pr", "1")));
    }

    [Fact]
    public async Task DownloadAsync_PathWithSpecialCharacters_IsEscaped()
    {
        var content = _world.Hub.Add("a b/#1 50%.txt", "x"u8.ToArray(), isLarge: false);
        var path = await (await _world.OpenPinnedAsync()).DownloadAsync("a b/#1 50%.txt");
        Assert.Equal(content, await File.ReadAllBytesAsync(path));
        Assert.EndsWith("/a%20b/%231%2050%25.txt", _world.Server.Requests[0].Target);
    }

    [Fact]
    public async Task OpenAsync_RepositoryWithoutTheUsualFiles_IsFoundByTheAnswersForThem()
    {
        _world.Server.Override = request => request.Target.EndsWith("config.json", StringComparison.Ordinal) ? FakeHub.Error(404) : null;
        Assert.Equal(FakeHub.Commit, (await _world.OpenAsync()).Commit);
    }

    [Fact]
    public async Task DownloadAsync_RenamedRepository_FollowsTheRelativeRedirectWithTheToken()
    {
        _world.Hub.Add("model.safetensors", FakeHub.MakeBytes(1000), isLarge: true);
        _world.Server.Override = request => request.Target.StartsWith("/old/", StringComparison.Ordinal)
            ? new(307) { Headers = { ["Location"] = request.Target.Replace("/old/name/", "/org/name/") } }
            : null;
        using var client = _world.CreateClient();
        var snapshot = await client.OpenAsync(new HubRepository("old/name"));
        await snapshot.DownloadAsync("model.safetensors");
        Assert.Contains("models--old--name", snapshot.SnapshotFolder);
        Assert.All(_world.Server.Requests, request => Assert.Contains("Authorization", request.Headers.Keys));
        Assert.Single(_world.Hub.Storage.Requests);
    }

    [Fact]
    public async Task DownloadAsync_WithoutToken_SendsNone()
    {
        var snapshot = await _world.OpenAsync(change: options => options with { Token = "" });
        await snapshot.DownloadAsync("config.json");
        Assert.All(_world.Server.Requests, request => Assert.DoesNotContain("Authorization", request.Headers.Keys));
    }

    [Fact]
    public async Task DownloadAsync_CallersHandler_SendsTheRequestsAndIsNotDisposed()
    {
        using var handler = new CountingHandler { InnerHandler = new SocketsHttpHandler { AllowAutoRedirect = false } };
        using (var client = _world.CreateClient(options => options with { MessageHandler = handler }))
            await (await client.OpenAsync(new HubRepository(FakeHub.Repository))).DownloadAsync("config.json");
        Assert.Equal(_world.Server.Requests.Count, handler.Count);
        Assert.False(handler.IsDisposed);
    }

    private sealed class CountingHandler : DelegatingHandler
    {
        public int Count { get; private set; }

        public bool IsDisposed { get; private set; }

        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            Count++;
            return base.SendAsync(request, cancellationToken);
        }

        protected override void Dispose(bool disposing)
        {
            IsDisposed = true;
            base.Dispose(disposing);
        }
    }
}
