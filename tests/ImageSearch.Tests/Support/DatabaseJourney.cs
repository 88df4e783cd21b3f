using Clip.DependencyInjection.Tests.Support;
using Microsoft.Extensions.VectorData;

namespace ImageSearch.Tests.Support;

/// <summary>What the application does with a store in a database.</summary>
internal static class DatabaseJourney
{
    /// <summary>Adds, searches, deletes, sorts and reads again; leaves no collection.</summary>
    /// <param name="tiny">The model.</param>
    /// <param name="folder">Where files go.</param>
    /// <param name="store">What the store is called.</param>
    /// <param name="settings">The settings that choose it.</param>
    public static async Task RunAsync(TinyModel tiny, TemporaryFolder folder, string store, params string[] settings)
    {
        await using var host = await ImageSearchHost.StartAsync(tiny, folder, settings);
        try
        {
            Assert.Equal(store, (string)(await host.GetJsonAsync("/api/collection"))["store"]!);
            var ids = await Task.WhenAll(Enumerable.Range(0, 12).Select(i => host.AddAsync(Image.Striped(i), $"image {i}")));

            var alike = await host.PostAsync("/api/search?top=3", new ByteArrayContent(Image.Striped(5)));
            Assert.Equal(ids[5], (Guid)alike["results"]![0]!["image"]!["id"]!);
            Assert.Equal("image 5", (string)alike["results"]![0]!["image"]!["title"]!);
            Assert.Equal(1, (double)alike["results"]![0]!["score"]!, 1e-4);

            await host.Client.DeleteAsync($"/api/images/{ids[5]}");
            Assert.Equal(ids.Where(id => id != ids[5]).Order(), (await host.SearchAsync("text=a&top=100")).Order());
            Assert.Equal(11, (int)(await host.GetJsonAsync("/api/images"))["total"]!);
            var sorted = await host.PostJsonAsync("/api/classify", new { labels = new[] { "a", "b" } });
            Assert.Equal(11, (int)sorted["classified"]!);

            // What a new process would find.
            var again = await ImageCollection.OpenAsync(Records(host, tiny), folder.Path, Patience.Token);
            Assert.Equal(11, again.Count);
            host.RequireCleanLog();
        }
        finally
        {
            await Records(host, tiny).EnsureCollectionDeletedAsync(Patience.Token);
        }
    }

    private static VectorStoreCollection<Guid, ImageRecord> Records(ImageSearchHost host, TinyModel tiny)
    {
        using var model = tiny.Load();
        return host.Get<VectorStore>().GetCollection<Guid, ImageRecord>(CollectionProvider.NameFor(model.GetWeightsHash()), ImageRecord.Define(model.EmbeddingSize));
    }
}
