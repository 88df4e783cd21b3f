using System.Net;
using Clip.DependencyInjection.Tests.Support;
using ImageSearch.Tests.Support;
using static WebApi.Tests.Support.Answers;

namespace ImageSearch.Tests;

/// <summary>What strangers' requests and images cannot do.</summary>
public sealed class SecurityTests(TinyModel tiny) : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    [Theory]
    [InlineData("/", HttpStatusCode.OK)]
    [InlineData("/js/app.js", HttpStatusCode.OK)]
    [InlineData("/api/collection", HttpStatusCode.OK)]
    [InlineData("/api/search", HttpStatusCode.BadRequest)]
    [InlineData("/nothing", HttpStatusCode.NotFound)]
    public async Task Get_Anything_HasTheHeadersOfSecurity(string path, HttpStatusCode status)
    {
        await using var host = await ImageSearchHost.StartAsync(tiny, _folder);

        using var response = await host.Client.GetAsync(path);

        Assert.Equal(status, response.StatusCode);
        var policy = Assert.Single(response.Headers.GetValues("Content-Security-Policy"));
        Assert.Contains("default-src 'self'", policy);
        Assert.DoesNotContain("unsafe", policy);
        Assert.Equal("nosniff", Assert.Single(response.Headers.GetValues("X-Content-Type-Options")));
        Assert.Equal("same-origin", Assert.Single(response.Headers.GetValues("Cross-Origin-Resource-Policy")));
    }

    [Fact]
    public async Task Page_HasNoScriptOrStyleInItself()
    {
        await using var host = await ImageSearchHost.StartAsync(tiny, _folder);

        var page = await host.Client.GetStringAsync("/");

        Assert.DoesNotContain("<style", page);
        Assert.DoesNotMatch(@"\sstyle\s*=|\son[a-z]+\s*=|<script(?![^>]*\ssrc=)|https?://", page);
    }

    [Theory]
    [InlineData("/api/images/..%2f..%2f..%2fappsettings.json/original")]
    [InlineData("/api/images/%2e%2e/original")]
    [InlineData("/..%2fappsettings.json")]
    [InlineData("/%2e%2e/appsettings.json")]
    [InlineData("/appsettings.json")]
    [InlineData("/js/..%5c..%5cappsettings.json")]
    [InlineData("/data/index")]
    public async Task Get_PathOutOfThePage_IsNotFound(string path)
    {
        await using var host = await ImageSearchHost.StartAsync(tiny, _folder);
        await host.AddAsync(Image.Striped(1), "../../../x");

        using var response = await host.Client.SendAsync(new HttpRequestMessage(HttpMethod.Get, new Uri(host.Address + path, new UriCreationOptions { DangerousDisablePathAndQueryCanonicalization = true })));

        Assert.Equal(HttpStatusCode.NotFound, response.StatusCode);
    }

    [Theory]
    [InlineData("cross-site", HttpStatusCode.Forbidden)]
    [InlineData("same-site", HttpStatusCode.Forbidden)]
    [InlineData("same-origin", HttpStatusCode.Created)]
    [InlineData(null, HttpStatusCode.Created)]
    public async Task Add_FromAnotherSitesPage_IsRefused(string? site, HttpStatusCode status)
    {
        await using var host = await ImageSearchHost.StartAsync(tiny, _folder);
        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/images") { Content = Body(Image.Striped(1)) };
        if (site is not null)
            request.Headers.Add("Sec-Fetch-Site", site);

        using var response = await host.Client.SendAsync(request);

        Assert.Equal(status, response.StatusCode);
        host.RequireCleanLog();
    }

    [Fact]
    public async Task Add_TooLongOrTooLarge_IsRefusedWithinTheSharedLimits()
    {
        await using var host = await ImageSearchHost.StartAsync(tiny, _folder, "--Limits:MaxBodyBytes", "20000", "--Limits:MaxPixels", "100000");

        await RequireProblemAsync(await host.Client.PostAsync("/api/images", Body(new byte[20_001])), HttpStatusCode.RequestEntityTooLarge, "20000");
        await RequireProblemAsync(await host.Client.PostAsync("/api/search", Body(new byte[20_001])), HttpStatusCode.RequestEntityTooLarge, "20000");
        await RequireProblemAsync(await host.Client.PostAsync("/api/images", Body(Blank(400, 300))), HttpStatusCode.UnprocessableEntity, "pixels");
        host.RequireCleanLog();
    }

    public void Dispose() => _folder.Dispose();

    private static byte[] Blank(int width, int height)
    {
        using var bitmap = new SkiaSharp.SKBitmap(width, height);
        using var data = bitmap.Encode(SkiaSharp.SKEncodedImageFormat.Png, 100);
        return data.ToArray();
    }
}
