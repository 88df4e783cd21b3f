using Clip.DependencyInjection.Tests.Support;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace ImageSearch.Tests.Browser;

/// <summary>What people do with the page, in a browser.</summary>
public sealed class JourneyTests(Chromium chromium) : IClassFixture<Chromium>, IDisposable
{
    private readonly TemporaryFolder _folder = new();

    [Fact]
    public async Task Search_WordsThenAlikeThenBack_ShowsEach()
    {
        await using var host = await chromium.StartAsync(_folder);
        await using var open = await chromium.OpenAsync(host.Address);
        await open.UntilResultsAsync("Newest images");
        await Expect(open.Cards).ToHaveCountAsync(12);

        await open.SearchAsync("a purple circle");
        Assert.Equal("02", (await open.TitlesAsync())[0]);
        Assert.EndsWith("?text=a+purple+circle", open.Page.Url);

        await open.Cards.First.GetByRole(AriaRole.Button, new() { Name = "More like 02" }).ClickAsync();
        await open.UntilResultsAsync("Images like 02");
        await Expect(open.Cards).ToHaveCountAsync(11);
        Assert.DoesNotContain("02", await open.TitlesAsync());

        await open.Page.GoBackAsync();
        await open.UntilResultsAsync("Images of “a purple circle”");
        await Expect(open.Page.GetByLabel("Words to look for")).ToHaveValueAsync("a purple circle");
        open.RequireNoComplaints();
    }

    [Fact]
    public async Task Search_MinusAndUploadedImageAndWeight_ShowsEach()
    {
        await using var host = await chromium.StartAsync(_folder);
        await using var open = await chromium.OpenAsync(host.Address);
        await open.UntilResultsAsync("Newest images");

        await open.SearchAsync("a red star");
        var withRed = await open.TitlesAsync();
        await open.Page.GetByLabel("Without").FillAsync("a star");
        await open.Page.Keyboard.PressAsync("Enter");
        await open.UntilResultsAsync("Images of “a red star”, without “a star”");
        var withoutStar = await open.TitlesAsync();
        Assert.Equal("05", withRed[0]);
        Assert.NotEqual(withRed, withoutStar);

        await open.Page.Locator("#choose-query").SetInputFilesAsync(Pictures.File("12"));
        await open.UntilResultsAsync("Images of “a red star”, like 12.png, without “a star”");
        await open.Page.GetByLabel("Share of the image beside the words").FillAsync("1");
        await Expect(open.Cards.First.Locator(".score")).ToHaveTextAsync("1.000");
        Assert.Equal("12", (await open.TitlesAsync())[0]);

        await open.Page.GetByRole(AriaRole.Button, new() { Name = "Remove the image from the search" }).ClickAsync();
        await open.UntilResultsAsync("Images of “a red star”, without “a star”");
        open.RequireNoComplaints();
    }

    [Fact]
    public async Task Labels_Words_SortTheCollection()
    {
        await using var host = await chromium.StartAsync(_folder);
        await using var open = await chromium.OpenAsync(host.Address);

        await open.Page.GetByRole(AriaRole.Link, new() { Name = "Sort by labels" }).ClickAsync();
        await open.Page.GetByLabel("Labels, one per line").FillAsync("red, blue\npurple, yellow");
        await open.Page.GetByLabel("Sentence with {}").FillAsync("a {} shape");
        await open.Page.GetByRole(AriaRole.Button, new() { Name = "Sort", Exact = true }).ClickAsync();

        await Expect(open.Page.Locator("#labels-status")).ToHaveTextAsync("12 images by 4 labels");
        await Expect(open.Page.Locator("#groups h2")).ToHaveTextAsync(["red", "blue", "purple", "yellow"]);
        Assert.Contains("02", await open.Page.GetByRole(AriaRole.Region, new() { Name = "purple" }).Locator(".name").AllTextContentsAsync());
        await open.Page.GetByRole(AriaRole.Region, new() { Name = "yellow" }).Locator(".open").First.ClickAsync();
        await Expect(open.Page.Locator("#viewer-facts")).ToContainTextAsync("Probability");
        open.RequireNoComplaints();
    }

    [Fact]
    public async Task Viewer_WordsInTheImage_ShowsWhereAndDeletes()
    {
        await using var host = await chromium.StartAsync(_folder);
        await using var open = await chromium.OpenAsync(host.Address);
        await open.UntilResultsAsync("Newest images");
        await open.SearchAsync("a purple circle");

        await open.Cards.First.Locator(".open").ClickAsync();
        var viewer = open.Page.GetByRole(AriaRole.Dialog, new() { Name = "02" });
        await Expect(viewer.GetByLabel("Where in the image is")).ToHaveValueAsync("a purple circle");
        await viewer.GetByRole(AriaRole.Button, new() { Name = "Show", Exact = true }).ClickAsync();
        await Expect(viewer.Locator("#viewer-caption")).ToHaveTextAsync("Warm colors: where the model sees “a purple circle”");
        await Expect(viewer.Locator("#viewer-image")).ToHaveAttributeAsync("src", new System.Text.RegularExpressions.Regex("^blob:"));
        Assert.True(await open.Page.EvaluateAsync<bool>("document.getElementById('viewer-image').decode().then(() => document.getElementById('viewer-image').naturalWidth > 0)"));
        await open.ShootAsync("heatmap");

        await viewer.GetByRole(AriaRole.Button, new() { Name = "Delete", Exact = true }).ClickAsync();
        await viewer.GetByRole(AriaRole.Button, new() { Name = "Delete for good" }).ClickAsync();
        await Expect(open.Page.Locator("#viewer-title")).Not.ToHaveTextAsync("02");
        await open.Page.Keyboard.PressAsync("Escape");
        await Expect(open.Cards).ToHaveCountAsync(11);
        await Expect(open.Page.Locator("#collection")).ToContainTextAsync("11 images");
        await Expect(open.Page.Locator("#results-status")).ToHaveTextAsync("11 images, the closest first");
        Assert.Equal(11, await host.CountAsync());
        open.RequireNoComplaints();
    }

    [Fact]
    public async Task Keyboard_Alone_FindsOpensAndFindsAlike()
    {
        await using var host = await chromium.StartAsync(_folder);
        await using var open = await chromium.OpenAsync(host.Address);
        await open.UntilResultsAsync("Newest images");
        var keyboard = open.Page.Keyboard;

        await keyboard.PressAsync("/");
        await keyboard.TypeAsync("a blue heart");
        await keyboard.PressAsync("Enter");
        await open.UntilResultsAsync("Images of “a blue heart”");
        // Past the button, the words to stay away from and the image, to the first card; then along the cards.
        for (var i = 0; i < 10 && await FocusedAsync(open) is not "12"; i++)
            await keyboard.PressAsync("Tab");
        await RequireFocusAsync(open, "12");
        var titles = await open.TitlesAsync();
        await keyboard.PressAsync("ArrowRight");
        await RequireFocusAsync(open, titles[1]);
        await keyboard.PressAsync("End");
        await RequireFocusAsync(open, titles[^1]);
        await keyboard.PressAsync("Home");
        await keyboard.PressAsync("Enter");
        await Expect(open.Page.GetByRole(AriaRole.Dialog, new() { Name = "12" })).ToBeVisibleAsync();
        await keyboard.PressAsync("ArrowRight");
        await Expect(open.Page.Locator("#viewer-title")).ToHaveTextAsync(titles[1]);
        await keyboard.PressAsync("Escape");
        await RequireFocusAsync(open, titles[1]);
        await keyboard.PressAsync("Tab");
        await RequireFocusAsync(open, $"More like {titles[1]}");
        await keyboard.PressAsync("Enter");
        await open.UntilResultsAsync($"Images like {titles[1]}");
        open.RequireNoComplaints();
    }

    [Fact]
    public async Task More_OfAllAndOfASearch_ShowsTheRest()
    {
        await using var host = await chromium.StartAsync(_folder);
        await Task.WhenAll(Enumerable.Range(0, 60).Select(i => host.AddAsync(Image.Striped(i), $"stripes {i}")));
        await using var open = await chromium.OpenAsync(host.Address);
        foreach (var heading in new[] { "Newest images", "Images of “a red star”" })
        {
            if (heading != "Newest images")
                await open.SearchAsync("a red star");
            await open.UntilResultsAsync(heading);
            await Expect(open.Cards).ToHaveCountAsync(60);

            await open.Page.GetByRole(AriaRole.Button, new() { Name = "Show more" }).ClickAsync();

            await Expect(open.Cards).ToHaveCountAsync(72);
            await Expect(open.Page.Locator("#more")).ToBeHiddenAsync();
            Assert.Equal(72, (await open.TitlesAsync()).Distinct().Count());
            await Expect(open.Cards.Nth(60).Locator(".open")).ToBeFocusedAsync();
        }
        open.RequireNoComplaints();
    }

    public void Dispose() => _folder.Dispose();

    private static Task RequireFocusAsync(OpenPage open, string label) => Expect(open.Page.Locator(":focus")).ToHaveAttributeAsync("aria-label", label);

    private static Task<string?> FocusedAsync(OpenPage open) => open.Page.EvaluateAsync<string?>("document.activeElement.getAttribute('aria-label')");
}
