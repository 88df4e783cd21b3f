using Clip.DependencyInjection.Tests.Support;
using ImageSearch.Tests.Support;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace ImageSearch.Tests;

/// <summary>What a collection begins with.</summary>
public sealed class FirstStartTests(TinyModel tiny) : IDisposable
{
    private static readonly string s_emoji = Path.Combine(Fixtures.Repository, "samples", "Emoji", "collection", "fluent-emoji-flat.tar");

    private readonly TemporaryFolder _folder = new();
    private readonly TemporaryFolder _seed = new();

    [Fact]
    public async Task Start_AsItIs_FillsTheCollectionWhileItAnswers()
    {
        await using var app = Application.Build(["--urls", "http://127.0.0.1:0", "--Clip:Device", "cpu", "--Collection:Folder", _folder.Path, "--Logging:LogLevel:Default", "None"]);
        await app.StartAsync();
        using var client = new HttpClient { BaseAddress = new Uri(app.Urls.Single()), Timeout = Patience.Limit };
        var (collections, seeder) = (app.Services.GetRequiredService<CollectionProvider>(), app.Services.GetRequiredService<Seeder>());
        await Patience.UntilAsync(() => collections.TryGet()?.Count > 0);

        var found = System.Text.Json.Nodes.JsonNode.Parse(await client.GetStringAsync("/api/search?text=a+face&top=3"))!;

        Assert.NotEmpty(found["results"]!.AsArray());
        Assert.True(seeder.Progress.Total > 1000, $"{seeder.Progress.Total} images");
        await app.StopAsync();
    }

    [Fact]
    public async Task Start_AfterAnInterruptedFirstOne_GoesOn()
    {
        var all = WriteSeed(40);
        await using (var host = await ImageSearchHost.StartAsync(tiny, _folder))
            await Task.WhenAll(Directory.GetFiles(_seed.Path, "*.png").Take(15).Select(async path => await host.AddAsync(await File.ReadAllBytesAsync(path), "early")));

        await using var again = await ImageSearchHost.StartAsync(tiny, _folder, "--Collection:Seed", _seed.Path);

        Assert.Equal(all, await again.CountAsync());
    }

    [Fact]
    public async Task Start_AfterTheFirst_LeavesDeletedImagesDeleted()
    {
        var all = WriteSeed(10);
        await using (var host = await ImageSearchHost.StartAsync(tiny, _folder, "--Collection:Seed", _seed.Path))
            await host.Client.DeleteAsync($"/api/images/{(await host.SearchAsync("text=a"))[0]}");

        await using var again = await ImageSearchHost.StartAsync(tiny, _folder, "--Collection:Seed", _seed.Path);

        Assert.Equal(all - 1, await again.CountAsync());
    }

    [Fact]
    public async Task Start_SeedWithAnUnreadableImage_TakesTheOthers()
    {
        var all = WriteSeed(5);
        _seed.Write("broken.png", [1, 2, 3]);

        await using var host = await ImageSearchHost.StartAsync(tiny, _folder, "--Collection:Seed", _seed.Path);

        Assert.Equal(all, await host.CountAsync());
    }

    [Fact]
    public async Task Start_AnotherModel_HasACollectionOfItsOwn()
    {
        WriteSeed(5);
        using var other = new TemporaryFolder();
        TinyClip.Write(other.Path, seed: 1);
        await using (var host = await ImageSearchHost.StartAsync(tiny, _folder, "--Collection:Seed", _seed.Path))
            await host.AddAsync(Image.Striped(1), "stripes");

        await using (var host = await ImageSearchHost.StartAsync(_folder, "--Clip:Model", other.Path, "--Collection:Seed", _seed.Path))
            Assert.Equal(5, await host.CountAsync());
        await using var again = await ImageSearchHost.StartAsync(tiny, _folder, "--Collection:Seed", _seed.Path);

        Assert.Equal(6, await again.CountAsync());
    }

    [Fact]
    public void Read_Shard_HasTheNamesOfItsMetadata()
    {
        var source = new SeedSource(s_emoji);

        var images = source.Read().ToList();

        Assert.Equal(source.Count(), images.Count);
        Assert.Contains(images, image => image.Title == "grinning face");
        Assert.All(images, image => Assert.Equal("image/png", MediaTypes.Of(Clip.Preprocessing.ImageHeader.Read(image.Bytes).Format)));
    }

    public void Dispose()
    {
        _folder.Dispose();
        _seed.Dispose();
    }

    private int WriteSeed(int count)
    {
        foreach (var (place, image) in new SeedSource(s_emoji).Read().Take(count).Index())
            _seed.Write($"{place:D2}.png", image.Bytes);
        return count;
    }
}
