using System.Reflection;
using ImageSearch.Tests.Support;
using Microsoft.Playwright;

namespace ImageSearch.Tests.Browser;

/// <summary>The browser of <c>CLIP_CHROMIUM</c>, a path; else a Chromium where systems have it. Nothing is downloaded.</summary>
public sealed class Chromium : IAsyncLifetime
{
    private static readonly string[] s_places =
    [
        "/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome", "/snap/bin/chromium",
        "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome", @"C:\Program Files\Google\Chrome\Application\chrome.exe",
    ];

    private static readonly string s_screenshots = typeof(Chromium).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(data => data.Key == "ScreenshotFolder").Value!;

    private IPlaywright? _playwright;
    private IBrowser? _browser;

    // Why there is no browser.
    private string? _problem;

    public async ValueTask InitializeAsync()
    {
        var named = Environment.GetEnvironmentVariable("CLIP_CHROMIUM");
        var path = named is { Length: > 0 } ? named : Array.Find(s_places, File.Exists);
        if (path is null)
        {
            _problem = $"No browser: CLIP_CHROMIUM names none, and there is none at {string.Join(", ", s_places)}.";
            return;
        }
        Assertions.SetDefaultExpectTimeout((float)Patience.Limit.TotalMilliseconds);
        _playwright = await Playwright.CreateAsync();
        // Chromium's own sandbox needs rights that containers and root lack; the only page that is opened is the sample's.
        _browser = await _playwright.Chromium.LaunchAsync(new BrowserTypeLaunchOptions { ExecutablePath = path, Args = ["--no-sandbox"] });
    }

    /// <summary>Ends the test as skipped where there is no browser.</summary>
    internal void Require() => Assert.SkipWhen(_problem is not null, _problem ?? "");

    /// <summary>Starts the sample with twelve pictures for the browser, or ends the test as skipped.</summary>
    internal Task<ImageSearchHost> StartAsync(TemporaryFolder folder)
    {
        Require();
        return Pictures.StartAsync(folder);
    }

    /// <summary>Opens the page of a host.</summary>
    internal async Task<OpenPage> OpenAsync(string address, int width = 1280, int height = 860, ColorScheme scheme = ColorScheme.Light)
    {
        var context = await _browser!.NewContextAsync(new BrowserNewContextOptions
        {
            ViewportSize = new ViewportSize { Width = width, Height = height },
            ColorScheme = scheme,
            ReducedMotion = ReducedMotion.Reduce,
            HasTouch = width < 600,
            Locale = "en-US",
        });
        context.SetDefaultTimeout((float)Patience.Limit.TotalMilliseconds);
        var page = new OpenPage(await context.NewPageAsync(), s_screenshots);
        await page.Page.GotoAsync(address);
        return page;
    }

    public async ValueTask DisposeAsync()
    {
        if (_browser is not null)
            await _browser.DisposeAsync();
        _playwright?.Dispose();
    }
}
