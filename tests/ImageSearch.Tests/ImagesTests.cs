using System.Net;
using System.Net.Http.Headers;
using System.Text.Json.Nodes;
using Clip.DependencyInjection.Tests.Support;
using ImageSearch.Tests.Support;
using SkiaSharp;
using static WebApi.Tests.Support.Answers;

namespace ImageSearch.Tests;

/// <summary>Adding, listing and deleting images.</summary>
public sealed class ImagesTests(TinyModel tiny) : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    [Fact]
    public async Task Add_Image_IsThereWithItsFile()
    {
        await using var host = await ImageSearchHost.StartAsync(tiny, _folder);

        using var response = await host.Client.PostAsync("/api/images?title=stripes.bmp", Body(Image.Striped(1)));

        var answer = JsonNode.Parse(await response.Content.ReadAsStringAsync())!;
        Assert.Equal(HttpStatusCode.Created, response.StatusCode);
        Assert.True((bool)answer["isNew"]!);
        var image = await host.GetJsonAsync(response.Headers.Location!.ToString());
        Assert.Equal(("stripes.bmp", 32, 32, "image/bmp"), ((string)image["title"]!, (int)image["width"]!, (int)image["height"]!, (string)image["contentType"]!));
        using var original = await host.Client.GetAsync($"/api/images/{image["id"]}/original");
        Assert.Equal("image/bmp", original.Content.Headers.ContentType!.ToString());
        Assert.Equal(Image.Striped(1), await original.Content.ReadAsByteArrayAsync());
        Assert.Equal(1, await host.CountAsync());
    }

    [Fact]
    public async Task Add_SameImageTwice_IsThereOnce()
    {
        await using var host = await ImageSearchHost.StartAsync(tiny, _folder);
        var id = await host.AddAsync(Image.Striped(1), "first");

        using var response = await host.Client.PostAsync("/api/images?title=second", Body(Image.Striped(1)));

        var answer = JsonNode.Parse(await response.Content.ReadAsStringAsync())!;
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal((id, "first", false), ((Guid)answer["image"]!["id"]!, (string)answer["image"]!["title"]!, (bool)answer["isNew"]!));
        Assert.Equal(1, await host.CountAsync());
    }

    [Fact]
    public async Task Add_SameImageManyTimesAtOnce_IsThereOnce()
    {
        await using var host = await ImageSearchHost.StartAsync(tiny, _folder);

        var answers = await Task.WhenAll(Enumerable.Range(0, 12).Select(_ => host.PostAsync("/api/images", Body(Image.Striped(1)))));

        Assert.Single(answers, answer => (bool)answer["isNew"]!);
        Assert.Equal(1, await host.CountAsync());
    }

    [Fact]
    public async Task Add_Form_IsCalledAsItsFile()
    {
        await using var host = await ImageSearchHost.StartAsync(tiny, _folder);
        using var form = new MultipartFormDataContent { { new ByteArrayContent(Image.Striped(1)), "image", "photo.bmp" } };

        var answer = await host.PostAsync("/api/images", form);

        Assert.Equal("photo.bmp", (string)answer["image"]!["title"]!);
    }

    [Theory]
    [InlineData("../../etc/passwd", "passwd")]
    [InlineData("C:\\photos\\a cat.jpg", "a cat.jpg")]
    [InlineData("<img src=x onerror=alert(1)>", "<img src=x onerror=alert(1)>")]
    [InlineData("invoice‮gnp.exe", "invoicegnp.exe")]
    [InlineData("line\nbreak\0", "linebreak")]
    [InlineData("👩‍👧", "👩‍👧")]
    [InlineData("   ", "image")]
    [InlineData("a/", "image")]
    public void Clean_Title_KeepsTheTextOfTheLastPart(string given, string expected) => Assert.Equal(expected, Titles.Clean(given));

    [Fact]
    public void Clean_LongTitle_IsCutBetweenCharacters() => Assert.Equal(new string('a', 199), Titles.Clean(new string('a', 199) + "🐕"));

    [Theory]
    [InlineData("no image at all", HttpStatusCode.UnprocessableEntity, "'fake.png' cannot be read")]
    [InlineData("<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>", HttpStatusCode.UnprocessableEntity, "'fake.png' cannot be read")]
    [InlineData("", HttpStatusCode.BadRequest, "no image")]
    public async Task Add_NoImage_SaysSoAndAddsNothing(string body, HttpStatusCode status, string says)
    {
        await using var host = await ImageSearchHost.StartAsync(tiny, _folder);
        var content = new StringContent(body);
        content.Headers.ContentType = new MediaTypeHeaderValue("image/png");

        using var response = await host.Client.PostAsync("/api/images?title=fake.png", content);

        await RequireProblemAsync(response, status, says);
        Assert.Equal(0, await host.CountAsync());
        Assert.Empty(FilesOfImages());
        host.RequireCleanLog();
    }

    [Fact]
    public async Task Add_CutOffImage_SaysSoAndAddsNothing()
    {
        await using var host = await ImageSearchHost.StartAsync(tiny, _folder);
        var png = Photo(400, 300);

        using var response = await host.Client.PostAsync("/api/images", Body(png[..(png.Length / 2)]));

        Assert.Equal(HttpStatusCode.UnprocessableEntity, response.StatusCode);
        Assert.Equal(0, await host.CountAsync());
        Assert.Empty(FilesOfImages());
    }

    [Fact]
    public async Task Thumbnail_LargeImage_IsSmallAndMadeAgainWhereItIsMissing()
    {
        await using var host = await ImageSearchHost.StartAsync(tiny, _folder);
        var id = await host.AddAsync(Photo(900, 600), "photo");

        var first = await host.Client.GetByteArrayAsync($"/api/images/{id}/thumbnail");
        File.Delete(Assert.Single(FilesOfImages(), path => path.EndsWith("-small", StringComparison.Ordinal)));
        var second = await host.Client.GetByteArrayAsync($"/api/images/{id}/thumbnail");

        using var bitmap = SKBitmap.Decode(first);
        Assert.Equal((384, 256), (bitmap.Width, bitmap.Height));
        Assert.Equal(first, second);
    }

    [Fact]
    public async Task Delete_Image_LeavesNothing()
    {
        await using var host = await ImageSearchHost.StartAsync(tiny, _folder);
        var (id, other) = (await host.AddAsync(Photo(500, 500), "photo"), await host.AddAsync(Image.Striped(1), "other"));

        using var deleted = await host.Client.DeleteAsync($"/api/images/{id}");

        Assert.Equal(HttpStatusCode.NoContent, deleted.StatusCode);
        Assert.Equal([other], await host.SearchAsync("text=photo"));
        Assert.Single(FilesOfImages());
        foreach (var path in new[] { "", "/original", "/thumbnail", "/explanation?text=a" })
            await RequireProblemAsync(await host.Client.GetAsync($"/api/images/{id}{path}"), HttpStatusCode.NotFound, "no image");
        await RequireProblemAsync(await host.Client.DeleteAsync($"/api/images/{id}"), HttpStatusCode.NotFound, "no image");
    }

    [Fact]
    public async Task List_Pages_TheNewestFirst()
    {
        await using var host = await ImageSearchHost.StartAsync(tiny, _folder);
        var ids = new List<Guid>();
        for (var i = 0; i < 7; i++)
        {
            ids.Insert(0, await host.AddAsync(Image.Striped(i), $"{i}"));
            // The time of adding is kept in milliseconds.
            await Task.Delay(2);
        }

        var pages = new[] { await host.GetJsonAsync("/api/images?take=3"), await host.GetJsonAsync("/api/images?skip=3&take=3"), await host.GetJsonAsync("/api/images?skip=6&take=3") };

        Assert.Equal(ids, pages.SelectMany(page => page["images"]!.AsArray()).Select(image => (Guid)image!["id"]!));
        Assert.All(pages, page => Assert.Equal(7, (int)page["total"]!));
        await RequireProblemAsync(await host.Client.GetAsync("/api/images?take=0"), HttpStatusCode.BadRequest, "take");
        await RequireProblemAsync(await host.Client.GetAsync("/api/images?skip=-1"), HttpStatusCode.BadRequest, "skip");
    }

    [Fact]
    public async Task Restart_KeepsTheCollection()
    {
        Guid kept;
        await using (var host = await ImageSearchHost.StartAsync(tiny, _folder))
        {
            kept = await host.AddAsync(Image.Striped(1), "kept");
            var deleted = await host.AddAsync(Image.Striped(2), "deleted");
            await host.Client.DeleteAsync($"/api/images/{deleted}");
        }

        await using var again = await ImageSearchHost.StartAsync(tiny, _folder);

        Assert.Equal([kept], await again.SearchAsync("text=a"));
        Assert.Equal(Image.Striped(1), await again.Client.GetByteArrayAsync($"/api/images/{kept}/original"));
    }

    public void Dispose() => _folder.Dispose();

    /// <summary>An image that is large enough for a thumbnail.</summary>
    internal static byte[] Photo(int width, int height)
    {
        using var bitmap = new SKBitmap(width, height);
        for (var y = 0; y < height; y++)
        {
            for (var x = 0; x < width; x++)
                bitmap.SetPixel(x, y, new SKColor((byte)(x * 255 / width), (byte)(y * 255 / height), (byte)((x * y) % 256)));
        }
        using var data = bitmap.Encode(SKEncodedImageFormat.Png, 100);
        return data.ToArray();
    }

    private string[] FilesOfImages() => [.. Directory.GetDirectories(_folder.Path, "images_*").SelectMany(folder => Directory.GetFiles(folder, "*", SearchOption.AllDirectories))];
}
