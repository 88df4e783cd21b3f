using Clip.Hub;
using Clip.Tests.Hub.Server;

namespace Clip.Tests.Hub;

public sealed class HubCacheTests : IDisposable
{
    private const string OtherCommit = "89abcdef0123456789abcdef0123456789abcdef";

    private readonly HubWorld _world = new();

    public void Dispose() => _world.Dispose();

    [Fact]
    public async Task DownloadAsync_CacheMadeByPython_IsReadWithoutARequest()
    {
        MakePythonCache();
        var snapshot = await _world.OpenAsync(change: Offline);
        Assert.Equal(OtherCommit, snapshot.Commit);
        Assert.Null(snapshot.LookupFailure);
        Assert.Equal("weights", await File.ReadAllTextAsync(await snapshot.DownloadAsync("model.safetensors")));
        Assert.Equal("pooling", await File.ReadAllTextAsync(await snapshot.DownloadAsync("1_Pooling/config.json")));
        Assert.Null(await snapshot.TryDownloadAsync("pytorch_model.bin"));
        Assert.Null(await snapshot.TryDownloadAsync("not_cached.json"));
        Assert.Empty(_world.Server.Requests);
    }

    // A folder in the place of a file cannot be replaced by it.
    [Fact]
    public void Publish_NameThatCannotBeTaken_LeavesNoTemporaryFile()
    {
        using var folder = new TemporaryFolder();
        var cache = new HubCache(folder.Path, HubRepository.Parse("org/name"), useSymbolicLinks: false);
        var file = new HubFile("model.safetensors", OtherCommit, "etag", 3);
        cache.CreateFolders(file);
        File.WriteAllText(cache.Blob(file.Etag), "abc");
        Directory.CreateDirectory(cache.Pointer(OtherCommit, file.Path));

        Assert.ThrowsAny<Exception>(() => cache.Publish(file, isNew: false));

        Assert.Empty(Directory.GetFiles(folder.Path, "*.tmp", SearchOption.AllDirectories));
    }

    [Fact]
    public void WriteReference_NameThatCannotBeTaken_LeavesNoTemporaryFile()
    {
        using var folder = new TemporaryFolder();
        var cache = new HubCache(folder.Path, HubRepository.Parse("org/name"), useSymbolicLinks: false);
        Directory.CreateDirectory(cache.Reference("main"));

        cache.WriteReference("main", OtherCommit);

        Assert.Empty(Directory.GetFiles(folder.Path, "*.tmp", SearchOption.AllDirectories));
    }

    [Fact]
    public async Task DownloadAsync_Offline_NamesTheFolderItLookedIn()
    {
        MakePythonCache();
        var snapshot = await _world.OpenAsync(change: Offline);
        var error = await Assert.ThrowsAsync<HubException>(() => snapshot.DownloadAsync("not_cached.json"));
        Assert.Equal(HubErrorKind.Offline, error.Kind);
        Assert.Contains(snapshot.SnapshotFolder, error.Message);
        Assert.Contains("HF_HUB_OFFLINE", error.Remedy);
    }

    [Fact]
    public async Task OpenAsync_OfflineWithoutTheRevision_NamesTheFolderItLookedIn()
    {
        var error = await Assert.ThrowsAsync<HubException>(() => _world.OpenAsync("v1.0", Offline));
        Assert.Equal(HubErrorKind.Offline, error.Kind);
        Assert.Contains(Path.Combine(_world.RepositoryFolder, "refs", "v1.0"), error.Message);
        Assert.Empty(_world.Server.Requests);
    }

    [Fact]
    public async Task OpenAsync_HubDown_UsesTheCacheAndSaysWhy()
    {
        MakePythonCache();
        _world.Server.Override = _ => FakeHub.Error(503);
        var snapshot = await _world.OpenAsync();
        Assert.Equal(OtherCommit, snapshot.Commit);
        Assert.Equal(HubErrorKind.Unreachable, snapshot.LookupFailure?.Kind);
        // The cache knows an answer, so nobody is made to wait for retries.
        Assert.Single(_world.Server.Requests);
        Assert.Equal("weights", await File.ReadAllTextAsync(await snapshot.DownloadAsync("model.safetensors")));
        Assert.Null(await snapshot.TryDownloadAsync("not_cached.json"));
        Assert.Single(_world.Server.Requests);
    }

    [Fact]
    public async Task OpenAsync_HubUp_MovesTheReference()
    {
        MakePythonCache();
        Assert.Equal(FakeHub.Commit, (await _world.OpenAsync()).Commit);
        Assert.Equal(FakeHub.Commit, await File.ReadAllTextAsync(Path.Combine(_world.RepositoryFolder, "refs", "main")));
    }

    [Fact]
    public async Task OpenAsync_RevisionGoneFromTheHub_DoesNotUseTheCache()
    {
        _world.WriteToCache("refs/v9", "89abcdef0123456789abcdef0123456789abcdef"u8.ToArray());
        var error = await Assert.ThrowsAsync<HubException>(() => _world.OpenAsync("v9"));
        Assert.Equal(HubErrorKind.RevisionNotFound, error.Kind);
    }

    [Fact]
    public async Task DownloadAsync_BlobOfAnotherCommit_IsLinkedWithoutDownload()
    {
        var content = _world.Hub.Add("model.safetensors", "weights"u8.ToArray(), isLarge: true);
        MakePythonCache();
        Assert.Contains(FakeHub.Sha256(content), _world.BlobNames());
        var path = await (await _world.OpenAsync()).DownloadAsync("model.safetensors");
        Assert.Equal("weights", await File.ReadAllTextAsync(path));
        Assert.Contains(FakeHub.Commit, path);
        Assert.Equal(0, _world.Server.Gets);
    }

    [Fact]
    public async Task DownloadAsync_BlobOfAnotherSize_IsReplaced()
    {
        var content = _world.Hub.Add("model.safetensors", FakeHub.MakeBytes(1000), isLarge: true);
        _world.WriteToCache($"blobs/{FakeHub.Sha256(content)}", content[..500]);
        Assert.Equal(content, await File.ReadAllBytesAsync(await (await _world.OpenAsync()).DownloadAsync("model.safetensors")));
    }

    [Fact]
    public async Task DownloadAsync_LinkThatLostItsBlob_IsRepaired()
    {
        var content = _world.Hub.Add("model.safetensors", FakeHub.MakeBytes(1000), isLarge: true);
        var path = await (await _world.OpenAsync()).DownloadAsync("model.safetensors");
        Assert.SkipWhen(new FileInfo(path).LinkTarget is null, "This system does not allow symbolic links.");
        File.Delete(Path.Combine(_world.RepositoryFolder, "blobs", FakeHub.Sha256(content)));
        Assert.Equal(content, await File.ReadAllBytesAsync(await (await _world.OpenAsync()).DownloadAsync("model.safetensors")));
    }

    [Fact]
    public async Task DownloadAsync_WithoutSymbolicLinks_MovesTheFile()
    {
        var content = _world.Hub.Add("sub/model.safetensors", FakeHub.MakeBytes(1000), isLarge: true);
        var snapshot = await _world.OpenAsync(change: options => options with { UseSymbolicLinks = false });
        var path = await snapshot.DownloadAsync("sub/model.safetensors");
        Assert.Null(new FileInfo(path).LinkTarget);
        Assert.Equal(content, await File.ReadAllBytesAsync(path));
        Assert.Empty(_world.BlobNames());

        await (await _world.OpenPinnedAsync()).DownloadAsync("sub/model.safetensors");
        Assert.Single(_world.Hub.Storage.Requests);
    }

    [Fact]
    public async Task DownloadAsync_WithoutSymbolicLinks_CopiesABlobOfAnotherCommit()
    {
        var content = _world.Hub.Add("model.safetensors", FakeHub.MakeBytes(1000), isLarge: true);
        var blob = _world.WriteToCache($"blobs/{FakeHub.Sha256(content)}", content);
        var snapshot = await _world.OpenAsync(change: options => options with { UseSymbolicLinks = false });
        var path = await snapshot.DownloadAsync("model.safetensors");
        Assert.Equal(content, await File.ReadAllBytesAsync(path));
        Assert.True(File.Exists(blob));
        Assert.Single(Directory.GetFiles(snapshot.SnapshotFolder));
        Assert.Equal(0, _world.Server.Gets);
    }

    [Fact]
    public async Task TryDownloadAsync_MissingFile_IsRememberedForTheCommit()
    {
        var snapshot = await _world.OpenAsync();
        var before = _world.Server.Requests.Count;
        Assert.Null(await snapshot.TryDownloadAsync("sub/none.json"));
        Assert.Null(await snapshot.TryDownloadAsync("sub/none.json"));
        Assert.Equal(before + 1, _world.Server.Requests.Count);
        Assert.Empty(await File.ReadAllBytesAsync(Path.Combine(_world.RepositoryFolder, ".no_exist", FakeHub.Commit, "sub", "none.json")));
        var error = await Assert.ThrowsAsync<HubException>(() => snapshot.DownloadAsync("sub/none.json"));
        Assert.Equal(HubErrorKind.FileNotFound, error.Kind);
        Assert.Equal(before + 1, _world.Server.Requests.Count);
    }

    [Fact]
    public async Task TryDownloadAsync_MirrorThatOnlySays404_IsNotRemembered()
    {
        var snapshot = await _world.OpenAsync();
        _world.Server.Override = _ => FakeHub.Error(404);
        Assert.Null(await snapshot.TryDownloadAsync("none.json"));
        Assert.False(Directory.Exists(Path.Combine(_world.RepositoryFolder, ".no_exist")));
    }

    [Fact]
    public async Task TryDownloadAsync_GatedFile_ThrowsRatherThanNull()
    {
        _world.Server.Override = _ => FakeHub.Error(403, "GatedRepo");
        var snapshot = await _world.OpenPinnedAsync();
        await Assert.ThrowsAsync<HubException>(() => snapshot.TryDownloadAsync("config.json"));
    }

    private static HubOptions Offline(HubOptions options) => options with { Offline = true };

    // As huggingface_hub leaves it: contents by hash, relative links, a mark for a file that is not there.
    private void MakePythonCache()
    {
        _world.WriteToCache("refs/main", System.Text.Encoding.ASCII.GetBytes(OtherCommit));
        Link("model.safetensors", FakeHub.Sha256("weights"u8.ToArray()), "weights", "../../blobs");
        Link("1_Pooling/config.json", FakeHub.GitHash("pooling"u8.ToArray()), "pooling", "../../../blobs");
        _world.WriteToCache($".no_exist/{OtherCommit}/pytorch_model.bin", []);
    }

    private void Link(string path, string etag, string content, string blobs)
    {
        _world.WriteToCache($"blobs/{etag}", System.Text.Encoding.ASCII.GetBytes(content));
        var pointer = Path.Combine(_world.RepositoryFolder, "snapshots", OtherCommit, path);
        Directory.CreateDirectory(Path.GetDirectoryName(pointer)!);
        try
        {
            File.CreateSymbolicLink(pointer, $"{blobs}/{etag}");
        }
        catch (IOException e) when (OperatingSystem.IsWindows())
        {
            Assert.Skip($"This system does not allow symbolic links: {e.Message}");
        }
    }
}
