using Clip.DependencyInjection.Tests.Support;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace ImageSearch.Tests.Browser;

/// <summary>Adding images by the page, and what it says of those that fail.</summary>
public sealed class UploadTests(Chromium chromium) : IClassFixture<Chromium>, IDisposable
{
    private const string Markup = "<img src=x onerror=alert(1)>.bmp";

    private readonly TemporaryFolder _folder = new();
    private readonly TemporaryFolder _files = new();

    [Fact]
    public async Task Choose_GoodAndBadFiles_SaysWhatBecameOfEach()
    {
        await using var host = await chromium.StartAsync(_folder);
        await using var open = await chromium.OpenAsync(host.Address);
        await open.UntilResultsAsync("Newest images");

        await open.Page.Locator("#choose-files").SetInputFilesAsync(
        [
            Payload("good.bmp", Image.Striped(1)),
            Payload("broken.png", "not an image"u8.ToArray()),
            Payload("02 again.png", await File.ReadAllBytesAsync(Pictures.File("02"))),
            Payload("notes.txt", "not an image"u8.ToArray(), "text/plain"),
        ]);

        await Expect(open.Page.Locator("#uploads-status")).ToHaveTextAsync("1 image added, 1 there already, 1 not added, 1 other file left out");
        await open.Page.Locator("#uploads-failures summary").ClickAsync();
        await Expect(open.Page.Locator("#uploads-failures li")).ToHaveCountAsync(1);
        await Expect(open.Page.Locator("#uploads-failures li")).ToContainTextAsync("'broken.png' cannot be read");
        await Expect(open.Cards).ToHaveCountAsync(13);
        Assert.Equal("good.bmp", (await open.TitlesAsync())[0]);
        await open.ShootAsync("failed-upload");
        await open.RequireAccessibleAsync();
        open.RequireNoComplaints();
        host.RequireCleanLog();
    }

    [Fact]
    public async Task Choose_Folder_AddsWhatIsInIt()
    {
        await using var host = await chromium.StartAsync(_folder);
        await using var open = await chromium.OpenAsync(host.Address);
        await open.UntilResultsAsync("Newest images");
        Directory.CreateDirectory(_files.File("holiday/beach"));
        for (var i = 0; i < 6; i++)
            _files.Write($"holiday/{(i % 2 == 0 ? "" : "beach/")}{i}.bmp", Image.Striped(100 + i));
        _files.Write("holiday/notes.txt", [1, 2, 3]);

        await open.Page.Locator("#choose-folder").SetInputFilesAsync(_files.File("holiday"));

        await Expect(open.Page.Locator("#uploads-status")).ToHaveTextAsync("6 images added, 1 other file left out");
        await Expect(open.Page.Locator("#collection")).ToContainTextAsync("18 images");
        Assert.Equal(18, await host.CountAsync());
        open.RequireNoComplaints();
    }

    [Fact]
    public async Task Drop_FileWhoseNameIsMarkup_ShowsItAsText()
    {
        await using var host = await chromium.StartAsync(_folder);
        await using var open = await chromium.OpenAsync(host.Address);
        await open.UntilResultsAsync("Newest images");

        await open.Page.EvaluateAsync(
            """
            ([name, bytes]) => {
              const transfer = new DataTransfer();
              transfer.items.add(new File([Uint8Array.from(atob(bytes), letter => letter.charCodeAt(0))], name, { type: 'image/bmp' }));
              for (const type of ['dragenter', 'drop']) document.body.dispatchEvent(new DragEvent(type, { bubbles: true, cancelable: true, dataTransfer: transfer }));
            }
            """,
            new[] { Markup, Convert.ToBase64String(Image.Striped(7)) });

        await Expect(open.Cards).ToHaveCountAsync(13);
        Assert.Equal(Markup, (await open.TitlesAsync())[0]);
        await open.Cards.First.Locator(".open").ClickAsync();
        await Expect(open.Page.Locator("#viewer-title")).ToHaveTextAsync(Markup);
        await Expect(open.Page.Locator("#viewer-title img, #results .name img")).ToHaveCountAsync(0);
        open.RequireNoComplaints();
    }

    [Fact]
    public async Task Choose_ServerIsGone_SaysSo()
    {
        var host = await chromium.StartAsync(_folder);
        await using var open = await chromium.OpenAsync(host.Address);
        await open.UntilResultsAsync("Newest images");
        await open.Page.Context.SetOfflineAsync(true);
        await host.DisposeAsync();

        await open.Page.Locator("#choose-files").SetInputFilesAsync([Payload("good.bmp", Image.Striped(1))]);

        await Expect(open.Page.Locator("#uploads-status")).ToHaveTextAsync("0 images added, 1 not added");
        await Expect(open.Page.Locator("#uploads-failures li")).ToContainTextAsync("The server does not answer.");
    }

    public void Dispose()
    {
        _folder.Dispose();
        _files.Dispose();
    }

    private static FilePayload Payload(string name, byte[] bytes, string type = "image/bmp") => new() { Name = name, MimeType = type, Buffer = bytes };
}
