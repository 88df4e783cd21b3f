using System.Net;
using Clip.Hub;
using Clip.Tests.Hub.Server;

namespace Clip.Tests.Hub;

public sealed class HubErrorTests : IDisposable
{
    private readonly HubWorld _world = new();

    public void Dispose() => _world.Dispose();

    [Theory]
    [InlineData(401, "GatedRepo", HubErrorKind.Gated, "Accept the license at")]
    [InlineData(403, "GatedRepo", HubErrorKind.Gated, "HF_TOKEN")]
    [InlineData(401, "RepoNotFound", HubErrorKind.RepositoryNotFound, "Check the spelling")]
    [InlineData(404, "RepoNotFound", HubErrorKind.RepositoryNotFound, "Check the spelling")]
    [InlineData(404, "RevisionNotFound", HubErrorKind.RevisionNotFound, "branches and tags")]
    [InlineData(404, "EntryNotFound", HubErrorKind.FileNotFound, "files are listed")]
    [InlineData(404, null, HubErrorKind.FileNotFound, "files are listed")]
    [InlineData(401, null, HubErrorKind.AccessDenied, "new token")]
    [InlineData(403, null, HubErrorKind.AccessDenied, "may read this repository")]
    [InlineData(418, null, HubErrorKind.InvalidAnswer, "endpoint")]
    public async Task DownloadAsync_Refused_SaysWhyAndWhatToDo(int status, string? code, HubErrorKind kind, string remedy)
    {
        _world.Server.Override = _ => FakeHub.Error(status, code);
        var snapshot = await _world.OpenPinnedAsync();
        var error = await Assert.ThrowsAsync<HubException>(() => snapshot.DownloadAsync("config.json"));
        Assert.Equal((kind, (HttpStatusCode?)status), (error.Kind, error.StatusCode));
        Assert.Equal(FakeHub.Repository, error.Repository?.Id);
        Assert.Contains(remedy, error.Remedy);
        Assert.EndsWith(error.Remedy, error.Message);
        Assert.DoesNotContain(HubWorld.Token, error.ToString());
        Assert.Single(_world.Server.Requests);
    }

    [Fact]
    public async Task DownloadAsync_UnauthorizedWithoutToken_MayBePrivate()
    {
        _world.Server.Override = _ => FakeHub.Error(401);
        var snapshot = await _world.OpenPinnedAsync(options => options with { Token = "" });
        var error = await Assert.ThrowsAsync<HubException>(() => snapshot.DownloadAsync("config.json"));
        Assert.Equal(HubErrorKind.RepositoryNotFound, error.Kind);
        Assert.Contains("HF_TOKEN", error.Remedy);
    }

    [Theory]
    [InlineData("org/other", "main", HubErrorKind.RepositoryNotFound)]
    [InlineData("org/name", "v9", HubErrorKind.RevisionNotFound)]
    public async Task OpenAsync_NoSuchThing_SaysWhich(string id, string revision, HubErrorKind kind)
    {
        using var client = _world.CreateClient();
        var error = await Assert.ThrowsAsync<HubException>(() => client.OpenAsync(new HubRepository(id, revision)));
        Assert.Equal(kind, error.Kind);
        Assert.Contains(kind == HubErrorKind.RevisionNotFound ? revision : id, error.Message);
        Assert.False(Directory.Exists(_world.CacheFolder));
    }

    [Fact]
    public async Task OpenAsync_ServerThatOnlySays404_IsNoRepository()
    {
        _world.Server.Override = _ => FakeHub.Error(404);
        using var client = _world.CreateClient();
        var error = await Assert.ThrowsAsync<HubException>(() => client.OpenAsync(new HubRepository(FakeHub.Repository)));
        Assert.Equal(HubErrorKind.RepositoryNotFound, error.Kind);
    }

    [Theory]
    [InlineData(408)]
    [InlineData(429)]
    [InlineData(500)]
    [InlineData(503)]
    public async Task DownloadAsync_PassingProblems_AreTriedAgain(int status)
    {
        _world.Server.Override = _ => _world.Server.Requests.Count % 3 != 0 ? FakeHub.Error(status) : null;
        var snapshot = await _world.OpenPinnedAsync();
        Assert.Equal("{}", await File.ReadAllTextAsync(await snapshot.DownloadAsync("config.json")));
        Assert.Equal(["HEAD", "HEAD", "HEAD", "GET", "GET", "GET"], _world.Server.Requests.Select(request => request.Method));
    }

    [Fact]
    public async Task DownloadAsync_LastingProblem_EndsAfterTheRetries()
    {
        _world.Server.Override = _ => FakeHub.Error(503);
        var snapshot = await _world.OpenPinnedAsync();
        var error = await Assert.ThrowsAsync<HubException>(() => snapshot.DownloadAsync("config.json"));
        Assert.Equal((HubErrorKind.Unreachable, HttpStatusCode.ServiceUnavailable), (error.Kind, error.StatusCode));
        Assert.Equal(4, _world.Server.Requests.Count);
    }

    [Fact]
    public async Task DownloadAsync_NoRetries_AsksOnce()
    {
        _world.Server.Override = _ => FakeHub.Error(503);
        var snapshot = await _world.OpenPinnedAsync(options => options with { Retries = 0 });
        await Assert.ThrowsAsync<HubException>(() => snapshot.DownloadAsync("config.json"));
        Assert.Single(_world.Server.Requests);
    }

    [Fact]
    public async Task DownloadAsync_RetryAfter_IsWaitedForInsteadOfTheOwnDelay()
    {
        // With its own delay of five minutes the test would not end in time.
        _world.Server.Override = _ => _world.Server.Requests.Count == 1 ? FakeHub.Error(429, headers: ("Retry-After", "0")) : null;
        var snapshot = await _world.OpenPinnedAsync(options => options with { RetryDelay = TimeSpan.FromMinutes(5) });
        Assert.Equal("{}", await File.ReadAllTextAsync(await snapshot.DownloadAsync("config.json").WithinLimit()));
    }

    [Fact]
    public async Task DownloadAsync_RetryAfterOfHours_IsReportedAtOnce()
    {
        _world.Server.Override = _ => FakeHub.Error(429, headers: ("Retry-After", "7200"));
        var snapshot = await _world.OpenPinnedAsync();
        var error = await Assert.ThrowsAsync<HubException>(() => snapshot.DownloadAsync("config.json"));
        Assert.Equal(HttpStatusCode.TooManyRequests, error.StatusCode);
        Assert.Contains("7200 seconds", error.Remedy);
        Assert.Single(_world.Server.Requests);
    }

    [Fact]
    public async Task OpenAsync_NoServer_IsUnreachable()
    {
        using var client = _world.CreateClient(options => options with { Endpoint = "http://127.0.0.1:1", Retries = 1 });
        var error = await Assert.ThrowsAsync<HubException>(() => client.OpenAsync(new HubRepository(FakeHub.Repository)));
        Assert.Equal(HubErrorKind.Unreachable, error.Kind);
        Assert.Contains(_world.CacheFolder, error.Message);
        Assert.Contains("HTTPS_PROXY", error.Remedy);
    }

    [Fact]
    public async Task OpenAsync_Cancelled_ThrowsAtOnce()
    {
        using var client = _world.CreateClient();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            () => client.OpenAsync(new HubRepository(FakeHub.Repository), new CancellationToken(canceled: true)));
        Assert.Empty(_world.Server.Requests);
    }

    [Fact]
    public async Task DownloadAsync_FileLargerThanAllowed_IsRefusedBeforeItsBytes()
    {
        _world.Hub.Add("model.safetensors", FakeHub.MakeBytes(1001), isLarge: true);
        var snapshot = await _world.OpenPinnedAsync(options => options with { MaxFileBytes = 1000 });
        var error = await Assert.ThrowsAsync<HubException>(() => snapshot.DownloadAsync("model.safetensors"));
        Assert.Equal(HubErrorKind.TooLarge, error.Kind);
        Assert.Contains($"{1_001:N0}", error.Message);
        Assert.Equal(0, _world.Server.Gets);
    }

    [Fact]
    public async Task DownloadAsync_FileLargerThanTheDisk_SaysHowMuchIsThere()
    {
        _world.Server.Override = _ =>
        {
            var answer = _world.Hub.Describe("config.json");
            answer.Headers["X-Linked-Size"] = "1000000000000000000";
            return answer;
        };
        var snapshot = await _world.OpenPinnedAsync(options => options with { MaxFileBytes = long.MaxValue });
        var error = await Assert.ThrowsAsync<HubException>(() => snapshot.DownloadAsync("config.json"));
        Assert.Equal(HubErrorKind.Storage, error.Kind);
        Assert.Contains($"{1_000_000_000_000_000_000:N0} more bytes", error.Message);
    }

    [Fact]
    public async Task DownloadAsync_CacheThatCannotBeWritten_NamesTheFolder()
    {
        // A file where the folder should be: refused to every user on every system.
        File.WriteAllText(_world.CacheFolder, "");
        var snapshot = await _world.OpenAsync();
        var error = await Assert.ThrowsAsync<HubException>(() => snapshot.DownloadAsync("config.json"));
        Assert.Equal(HubErrorKind.Storage, error.Kind);
        Assert.Contains(_world.CacheFolder, error.Message);
        Assert.Contains("HF_HUB_CACHE", error.Remedy);
    }

    [Fact]
    public async Task DownloadAsync_DiskThatFillsUp_SaysHowFarItCame()
    {
        using var disk = SmallDisk.TryMount(Path.Combine(_world.RepositoryFolder, "blobs"), kibibytes: 8 << 10);
        Assert.SkipWhen(disk is null, "This user may not mount a small disk.");
        _world.Hub.Add("model.safetensors", FakeHub.MakeBytes(3 << 20), isLarge: true);
        _world.Hub.Storage.Override = _ =>
        {
            disk!.Fill($"filling-{Guid.NewGuid():N}");
            return null;
        };
        var snapshot = await _world.OpenPinnedAsync();
        var error = await Assert.ThrowsAsync<HubException>(() => snapshot.DownloadAsync("model.safetensors"));
        Assert.Equal(HubErrorKind.Storage, error.Kind);
        Assert.Contains("No space left on device", error.Message);
        Assert.Contains(_world.CacheFolder, error.Remedy);
        Assert.Equal(1, _world.Hub.Storage.Gets);
    }
}
