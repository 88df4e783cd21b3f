using System.Text.RegularExpressions;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace ImageSearch.Tests.Browser;

/// <summary>The page with the sample's own model and some of its own images, in two sizes and two color schemes: accessible in all of its states, pictures kept. Each scheme and each size is asked about once.</summary>
public sealed class AppearanceTests(Chromium chromium) : IClassFixture<Chromium>, IDisposable
{
    private const int EveryNth = 80;

    private readonly TemporaryFolder _folder = new();
    private readonly TemporaryFolder _seed = new();

    [Theory]
    [InlineData("wide", 1280, 860, ColorScheme.Light, true)]
    [InlineData("wide", 1280, 860, ColorScheme.Dark, false)]
    [InlineData("phone", 390, 844, ColorScheme.Light, false)]
    [InlineData("phone", 390, 844, ColorScheme.Dark, true)]
    public async Task Page_InEachState_FitsAndIsAccessible(string name, int width, int height, ColorScheme scheme, bool withAxe)
    {
        chromium.Require();
        WriteSeed();
        await using var host = await Support.ImageSearchHost.StartAsync(_folder, "--Collection:Seed", _seed.Path, "--Limits:MaxWait", "00:01:00");
        await using var open = await chromium.OpenAsync(host.Address, width, height, scheme);
        var shot = $"{name}-{scheme.ToString().ToLowerInvariant()}";

        await open.UntilResultsAsync("Newest images");
        await UntilPicturesAsync(open);
        await RequireAsync(open, withAxe);
        await open.ShootAsync($"{shot}-newest");

        await open.Cards.Nth(1).Locator(".like").ClickAsync();
        await Expect(open.Page.Locator("#results-title")).ToContainTextAsync("Images like");
        await open.Page.GetByLabel("Without").FillAsync("a face");
        await open.Page.GetByLabel("Words to look for").FillAsync("a red heart");
        await open.Page.Keyboard.PressAsync("Enter");
        await Expect(open.Page.Locator("#results-title")).ToContainTextAsync("Images of “a red heart”, like");
        await UntilPicturesAsync(open);
        await RequireAsync(open, withAxe);
        await open.ShootAsync($"{shot}-search");

        await open.Cards.First.Locator(".open").ClickAsync();
        await Expect(open.Page.Locator("#viewer")).ToBeVisibleAsync();
        await open.Page.GetByRole(AriaRole.Button, new() { Name = "Show", Exact = true }).ClickAsync();
        await Expect(open.Page.Locator("#viewer-image")).ToHaveAttributeAsync("src", new Regex("^blob:"));
        await RequireAsync(open, withAxe);
        await open.ShootAsync($"{shot}-viewer");
        await open.Page.Keyboard.PressAsync("Escape");

        await open.Page.GetByRole(AriaRole.Link, new() { Name = "Sort by labels" }).ClickAsync();
        await open.Page.GetByLabel("Labels, one per line").FillAsync("red, blue, yellow, green");
        await open.Page.GetByRole(AriaRole.Button, new() { Name = "Sort", Exact = true }).ClickAsync();
        await Expect(open.Page.Locator("#labels-status")).ToContainTextAsync("by 4 labels");
        await UntilPicturesAsync(open);
        await RequireAsync(open, withAxe);
        await open.ShootAsync($"{shot}-labels");
        open.RequireNoComplaints();
    }

    public void Dispose()
    {
        _folder.Dispose();
        _seed.Dispose();
    }

    private static async Task RequireAsync(OpenPage open, bool withAxe)
    {
        await open.RequireFitAsync();
        if (withAxe)
            await open.RequireAccessibleAsync();
    }

    private void WriteSeed()
    {
        foreach (var (place, image) in new SeedSource(Path.Combine(Fixtures.Repository, "samples", "Emoji", "collection", "fluent-emoji-flat.tar")).Read().Index())
        {
            if (place % EveryNth != 0)
                continue;
            _seed.Write($"{place:D4}.png", image.Bytes);
            File.WriteAllText(_seed.File($"{place:D4}.txt"), image.Title);
        }
    }

    // Pictures below the screen are not loaded.
    private static Task UntilPicturesAsync(OpenPage open) => open.Page.WaitForFunctionAsync(
        "() => [...document.querySelectorAll('.card img')].filter(image => image.getBoundingClientRect().top < innerHeight).every(image => image.complete && image.naturalWidth > 0)");
}
