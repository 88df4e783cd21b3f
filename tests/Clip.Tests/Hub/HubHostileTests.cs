using Clip.Hub;
using Clip.Tests.Hub.Server;

namespace Clip.Tests.Hub;

/// <summary>Servers, names and caches that want more than they should have.</summary>
public sealed class HubHostileTests : IDisposable
{
    private readonly HubWorld _world = new();

    public void Dispose() => _world.Dispose();

    [Theory]
    [InlineData("ETag", "\"../../../../x\"")]
    [InlineData("ETag", "\"..\"")]
    [InlineData("ETag", "\"\"")]
    [InlineData("ETag", "\"/etc/passwd\"")]
    [InlineData("ETag", "\"0123456789ABCDEF0123456789abcdef01234567\"")]
    [InlineData("ETag", "\"0123456789abcdef0123456789abcdef0123456\"")]
    [InlineData("X-Linked-Etag", "\"..\\..\\x\"")]
    [InlineData("X-Repo-Commit", "../../../x")]
    [InlineData("X-Repo-Commit", "ffffffffffffffffffffffffffffffffffffffff")]
    [InlineData("X-Linked-Size", "-1")]
    public async Task DownloadAsync_HostileHeader_IsRefusedBeforeAnythingIsWritten(string header, string value)
    {
        _world.Server.Override = _ =>
        {
            var answer = _world.Hub.Describe("config.json");
            answer.Headers[header] = value;
            return answer;
        };
        var snapshot = await _world.OpenPinnedAsync();
        var error = await Assert.ThrowsAsync<HubException>(() => snapshot.DownloadAsync("config.json"));
        Assert.Equal(HubErrorKind.InvalidAnswer, error.Kind);
        Assert.Equal(0, _world.Server.Gets);
        Assert.False(Directory.Exists(_world.CacheFolder));
    }

    [Theory]
    [InlineData("../../../x")]
    [InlineData("main")]
    [InlineData("")]
    public async Task OpenAsync_HostileCommit_IsRefused(string commit)
    {
        _world.Server.Override = _ =>
        {
            var answer = _world.Hub.Describe("config.json");
            answer.Headers["X-Repo-Commit"] = commit;
            return answer;
        };
        var error = await Assert.ThrowsAsync<HubException>(() => _world.OpenAsync());
        Assert.Equal(HubErrorKind.InvalidAnswer, error.Kind);
        Assert.False(Directory.Exists(_world.CacheFolder));
    }

    [Fact]
    public async Task OpenAsync_SignInPage_IsNoHub()
    {
        _world.Server.Override = _ => new(200) { Body = "<html>Please sign in</html>"u8.ToArray() };
        var error = await Assert.ThrowsAsync<HubException>(() => _world.OpenAsync());
        Assert.Equal(HubErrorKind.InvalidAnswer, error.Kind);
        Assert.Contains("sign-in page", error.Remedy);
    }

    [Theory]
    [InlineData("")]
    [InlineData("..")]
    [InlineData("../x")]
    [InlineData("a/../../x")]
    [InlineData("/etc/passwd")]
    [InlineData("a//b")]
    [InlineData("a/")]
    [InlineData("./a")]
    [InlineData("a/.. /b")]
    [InlineData("a/...")]
    [InlineData("..\\x")]
    [InlineData("C:\\x")]
    [InlineData("C:x")]
    [InlineData("a\0b")]
    [InlineData("a\nb")]
    [InlineData("a?b")]
    public async Task DownloadAsync_HostilePath_ThrowsArgumentExceptionWithoutARequest(string path)
    {
        var snapshot = await _world.OpenPinnedAsync();
        await Assert.ThrowsAsync<ArgumentException>(() => snapshot.DownloadAsync(path));
        await Assert.ThrowsAsync<ArgumentException>(() => snapshot.TryDownloadAsync(path));
        Assert.Empty(_world.Server.Requests);
    }

    [Theory]
    [InlineData("HEAD")]
    [InlineData("GET")]
    public async Task DownloadAsync_RedirectsInACircle_AreNotFollowedForEver(string method)
    {
        _world.Server.Override = request => request.Method == method ? new(302) { Headers = { ["Location"] = request.Target } } : null;
        var snapshot = await _world.OpenPinnedAsync();
        var error = await Assert.ThrowsAsync<HubException>(() => snapshot.DownloadAsync("config.json"));
        Assert.Equal(HubErrorKind.InvalidAnswer, error.Kind);
        Assert.Equal(11, _world.Server.Requests.Count(request => request.Method == method));
    }

    [Theory]
    [InlineData("file:///etc/passwd")]
    [InlineData("ftp://127.0.0.1/x")]
    public async Task DownloadAsync_RedirectToAnotherScheme_IsRefused(string location)
    {
        _world.Server.Override = request => request.Method == "GET" ? new(302) { Headers = { ["Location"] = location } } : null;
        var snapshot = await _world.OpenPinnedAsync();
        var error = await Assert.ThrowsAsync<HubException>(() => snapshot.DownloadAsync("config.json"));
        Assert.Equal(HubErrorKind.InvalidAnswer, error.Kind);
    }

    [Fact]
    public async Task DownloadAsync_RedirectFromHttpsToHttp_IsRefusedAndTheTokenStays()
    {
        using var handler = new ScriptedHandler(request => request.RequestUri!.Scheme == "https"
            ? Redirect("http://hub.example/org/name/x")
            : throw new InvalidOperationException("The downgrade was followed."));
        using var client = _world.CreateClient(options => options with { Endpoint = "https://hub.example", MessageHandler = handler });
        var snapshot = await client.OpenAsync(new HubRepository(FakeHub.Repository, FakeHub.Commit));
        var error = await Assert.ThrowsAsync<HubException>(() => snapshot.DownloadAsync("config.json"));
        Assert.Equal(HubErrorKind.InvalidAnswer, error.Kind);
        Assert.Contains("http address", error.Message);

        static HttpResponseMessage Redirect(string location) => new(System.Net.HttpStatusCode.Found)
        {
            Headers =
            {
                { "Location", location }, { "X-Repo-Commit", FakeHub.Commit },
                { "X-Linked-Etag", $"\"{new string('0', 64)}\"" }, { "X-Linked-Size", "1" },
            },
        };
    }

    [Theory]
    [InlineData("http://hub.example/again")]
    [InlineData("https://hub.example:8443/again")]
    [InlineData("https://other.hub.example/again")]
    [InlineData("https://xn--\u00e9.hub.example/again")]
    public async Task HeadAsync_RedirectToAnotherSchemePortOrHost_GetsNoRequest(string location)
    {
        using var handler = new ScriptedHandler(_ => new(System.Net.HttpStatusCode.Found) { Headers = { { "Location", location } } });
        using var client = _world.CreateClient(options => options with { Endpoint = "https://hub.example", MessageHandler = handler });
        var error = await Assert.ThrowsAsync<HubException>(() => client.OpenAsync(new HubRepository(FakeHub.Repository)));
        Assert.Equal(HubErrorKind.InvalidAnswer, error.Kind);
        Assert.Equal(1, handler.Count);
    }

    [Fact]
    public async Task DownloadAsync_ControlCharactersInTheServersWords_AreNotShown()
    {
        _world.Server.Override = _ => new(403) { Headers = { ["X-Error-Message"] = "a\u001b[31mb" + new string('x', 1000) } };
        var snapshot = await _world.OpenPinnedAsync();
        var error = await Assert.ThrowsAsync<HubException>(() => snapshot.DownloadAsync("config.json"));
        Assert.DoesNotContain(error.Message, char.IsControl);
        Assert.InRange(error.Message.Length, 100, 600);
    }

    [Fact]
    public async Task OpenAsync_HostileReferenceInTheCache_IsIgnored()
    {
        _world.WriteToCache("refs/main", "../../../x"u8.ToArray());
        var error = await Assert.ThrowsAsync<HubException>(() => _world.OpenAsync(change: options => options with { Offline = true }));
        Assert.Equal(HubErrorKind.Offline, error.Kind);
        Assert.Equal(FakeHub.Commit, (await _world.OpenAsync()).Commit);
    }

    private sealed class ScriptedHandler(Func<HttpRequestMessage, HttpResponseMessage> answer) : HttpMessageHandler
    {
        public int Count { get; private set; }

        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            Count++;
            return Task.FromResult(answer(request));
        }
    }
}
