using Clip.Hub;

namespace Clip.Tests.Hub;

public sealed class HubSettingsTests
{
    private static readonly string Home = Environment.GetFolderPath(Environment.SpecialFolder.UserProfile);

    [Fact]
    public void CacheFolder_ByTheVariablesOfPython()
    {
        Assert.Equal(Path.Combine(Home, ".cache", "huggingface", "hub"), Read().CacheFolder);
        Assert.Equal(Path.GetFullPath("/xdg/huggingface/hub"), Read(("XDG_CACHE_HOME", "/xdg")).CacheFolder);
        Assert.Equal(Path.GetFullPath("/home/hub"), Read(("XDG_CACHE_HOME", "/xdg"), ("HF_HOME", "/home")).CacheFolder);
        Assert.Equal(Path.GetFullPath("/cache"), Read(("HF_HOME", "/home"), ("HF_HUB_CACHE", "/cache")).CacheFolder);
        Assert.Equal(Path.GetFullPath("/home/hub"), Read(("HF_HOME", "/home"), ("HF_HUB_CACHE", "")).CacheFolder);
        Assert.Equal(Path.Combine(Home, "models", "hub"), Read(("HF_HOME", "~/models")).CacheFolder);
        Assert.Equal(Path.GetFullPath("/data/x/hub"), Read(("HF_HOME", "$ROOT/x"), ("ROOT", "/data")).CacheFolder);
        Assert.Equal(Path.GetFullPath("/mine"), Read(new HubOptions { CacheFolder = "/mine" }, ("HF_HUB_CACHE", "/cache")).CacheFolder);
    }

    [Fact]
    public void Endpoint_FromVariableOrOptions_EndsWithASlash()
    {
        Assert.Equal("https://huggingface.co/", Read().Endpoint.AbsoluteUri);
        Assert.Equal("https://mirror.example/hf/", Read(("HF_ENDPOINT", "https://mirror.example/hf")).Endpoint.AbsoluteUri);
        Assert.Equal("https://b.example/", Read(new HubOptions { Endpoint = "https://b.example/" }, ("HF_ENDPOINT", "https://a.example")).Endpoint.AbsoluteUri);
    }

    [Theory]
    [InlineData("mirror.example")]
    [InlineData("ftp://mirror.example")]
    [InlineData("file:///etc")]
    [InlineData("https://user:password@mirror.example")]
    [InlineData("https://mirror.example?x=1")]
    public void Endpoint_NoPlainWebAddress_ThrowsWithoutShowingIt(string endpoint)
    {
        var error = Assert.Throws<ArgumentException>(() => Read(("HF_ENDPOINT", endpoint)));
        Assert.Contains("HF_ENDPOINT", error.Message);
        Assert.DoesNotContain("password", error.Message);
    }

    [Fact]
    public void Token_ByVariableThenFile_UnlessImplicitTokensAreOff()
    {
        using var folder = new TemporaryFolder();
        var file = folder.Write("token", "hf_fromFile\n"u8.ToArray());
        Assert.Null(Read(("HF_TOKEN_PATH", folder.File("none"))).Token);
        Assert.Equal("hf_fromFile", Read(("HF_TOKEN_PATH", file)).Token);
        Assert.Equal("hf_fromFile", Read(("HF_HOME", folder.Path)).Token);
        Assert.Equal("hf_fromVariable", Read(("HF_TOKEN", " hf_fromVariable "), ("HF_TOKEN_PATH", file)).Token);
        Assert.Null(Read(("HF_TOKEN", "hf_fromVariable"), ("HF_TOKEN_PATH", file), ("HF_HUB_DISABLE_IMPLICIT_TOKEN", "1")).Token);
        Assert.Equal("hf_mine", Read(new HubOptions { Token = "hf_mine" }, ("HF_HUB_DISABLE_IMPLICIT_TOKEN", "1")).Token);
        Assert.Null(Read(new HubOptions { Token = "" }, ("HF_TOKEN", "hf_fromVariable")).Token);
    }

    [Theory]
    [InlineData("hf_a b")]
    [InlineData("hf_a\r\nX-Injected: 1")]
    [InlineData("hf_ä")]
    public void Token_WithStrangeCharacters_ThrowsWithoutShowingIt(string token)
    {
        var error = Assert.Throws<ArgumentException>(() => Read(("HF_TOKEN", token)));
        Assert.DoesNotContain("hf_a", error.Message);
    }

    [Theory]
    [InlineData("1", true)]
    [InlineData("yes", true)]
    [InlineData("True", true)]
    [InlineData("on", true)]
    [InlineData("0", false)]
    [InlineData("", false)]
    public void Switches_AsPythonReadsThem(string value, bool expected)
    {
        Assert.Equal(expected, Read(("HF_HUB_OFFLINE", value)).Offline);
        Assert.Equal(!expected, Read(("HF_HUB_DISABLE_SYMLINKS", value)).UseSymbolicLinks);
        Assert.False(Read(new HubOptions { Offline = false }, ("HF_HUB_OFFLINE", value)).Offline);
    }

    [Fact]
    public void Timeout_FromVariable_InSeconds()
    {
        Assert.Equal(TimeSpan.FromSeconds(7), Read(("HF_HUB_DOWNLOAD_TIMEOUT", "7")).Timeout);
        Assert.Equal(TimeSpan.FromSeconds(3), Read(("HF_HUB_ETAG_TIMEOUT", "3")).ProbeTimeout);
        Assert.Contains("HF_HUB_DOWNLOAD_TIMEOUT", Assert.Throws<ArgumentException>(() => Read(("HF_HUB_DOWNLOAD_TIMEOUT", "soon"))).Message);
    }

    [Fact]
    public void Options_OutOfRange_Throw()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => Read(new HubOptions { Retries = -1 }));
        Assert.Throws<ArgumentOutOfRangeException>(() => Read(new HubOptions { RetryDelay = TimeSpan.FromHours(1) }));
        Assert.Throws<ArgumentOutOfRangeException>(() => Read(new HubOptions { Timeout = TimeSpan.Zero }));
        Assert.Throws<ArgumentOutOfRangeException>(() => Read(new HubOptions { MaxFileBytes = 0 }));
        Assert.Throws<ArgumentOutOfRangeException>(() => Read(new HubOptions { LockTimeout = TimeSpan.FromSeconds(-5) }));
    }

    [Fact]
    public void ToString_WithToken_DoesNotShowIt()
    {
        var text = new HubOptions { Token = "hf_secret", CacheFolder = "/mine" }.ToString();
        Assert.DoesNotContain("hf_secret", text);
        Assert.Contains("Token = ***", text);
        Assert.Contains("CacheFolder = /mine", text);
    }

    [Fact]
    public void MessageHandler_ThatFollowsRedirects_ThrowsArgumentException()
    {
        using var follows = new HttpClientHandler();
        using var wrapped = new PlainHandler { InnerHandler = follows };
        Assert.Throws<ArgumentException>(() => new HubClient(new HubOptions { Token = "", MessageHandler = wrapped }));
        using var plain = new HttpClientHandler { AllowAutoRedirect = false };
        using var client = new HubClient(new HubOptions { Token = "", MessageHandler = plain });
    }

    private static HubSettings Read(params (string Name, string Value)[] environment) => Read(new HubOptions(), environment);

    // A token of this machine's user is never read: its file has another place unless a test gives one.
    private static HubSettings Read(HubOptions options, params (string Name, string Value)[] environment)
    {
        var values = environment.ToDictionary(pair => pair.Name, pair => pair.Value);
        if (!values.ContainsKey("HF_HOME"))
            values.TryAdd("HF_TOKEN_PATH", Path.Combine(Path.GetTempPath(), "no-such-token"));
        return new HubSettings(options, values.GetValueOrDefault);
    }

    private sealed class PlainHandler : DelegatingHandler;
}
