using System.Collections.Concurrent;
using Deque.AxeCore.Playwright;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace ImageSearch.Tests.Browser;

/// <summary>A page in a browser, what it complains about kept.</summary>
internal sealed class OpenPage : IAsyncDisposable
{
    private readonly ConcurrentQueue<string> _complaints = [];
    private readonly string _screenshots;

    public OpenPage(IPage page, string screenshots)
    {
        (Page, _screenshots) = (page, screenshots);
        page.Console += (_, message) =>
        {
            // That a request failed is what some tests are about; all else is the page's own.
            if (message.Type is "error" or "warning" && !message.Text.StartsWith("Failed to load resource", StringComparison.Ordinal))
                _complaints.Enqueue(message.Text);
        };
        page.PageError += (_, error) => _complaints.Enqueue(error);
        page.Dialog += (_, dialog) => _complaints.Enqueue(dialog.Message);
    }

    public IPage Page { get; }

    /// <summary>The cards of the results.</summary>
    public ILocator Cards => Page.Locator("#results .card");

    /// <summary>The titles of the results, the closest first.</summary>
    public Task<IReadOnlyList<string>> TitlesAsync() => Page.Locator("#results .name").AllTextContentsAsync();

    /// <summary>Waits until the results have a heading and are all there.</summary>
    public async Task UntilResultsAsync(string heading)
    {
        await Expect(Page.Locator("#results-title")).ToHaveTextAsync(heading);
        await Expect(Page.Locator("#results")).Not.ToHaveAttributeAsync("aria-busy", "true");
    }

    /// <summary>Looks for words.</summary>
    public async Task SearchAsync(string words)
    {
        await Page.GetByLabel("Words to look for").FillAsync(words);
        await Page.Keyboard.PressAsync("Enter");
        await UntilResultsAsync($"Images of “{words}”");
    }

    /// <summary>Keeps a picture of the page.</summary>
    public Task ShootAsync(string name) => Page.ScreenshotAsync(new PageScreenshotOptions { Path = Path.Combine(_screenshots, $"{name}.png") });

    /// <summary>Fails where the page is wider than the screen.</summary>
    public async Task RequireFitAsync() =>
        Assert.True(await Page.EvaluateAsync<bool>("document.documentElement.scrollWidth <= innerWidth"), "The page is wider than the screen.");

    /// <summary>Fails where rules of accessibility (WCAG 2.2, A and AA, and axe's best practices) are broken.</summary>
    public async Task RequireAccessibleAsync()
    {
        var result = await Page.RunAxe();
        Assert.Empty(result.Violations.Select(violation => $"{violation.Id}: {violation.Help}: {string.Join("; ", violation.Nodes.Select(node => node.Html))}"));
    }

    /// <summary>Fails where the page threw, or broke its policy.</summary>
    public void RequireNoComplaints() => Assert.Empty(_complaints);

    public async ValueTask DisposeAsync() => await Page.Context.DisposeAsync();
}
