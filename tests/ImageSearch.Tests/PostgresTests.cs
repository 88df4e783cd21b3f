using Clip.DependencyInjection.Tests.Support;
using Clip.VectorStores.Tests.Pgvector;
using ImageSearch.Tests.Support;
using Microsoft.Extensions.VectorData;

namespace ImageSearch.Tests;

/// <summary>The same application with its records in PostgreSQL, chosen by its settings.</summary>
public sealed class PostgresTests(TinyModel tiny, PostgresServer server) : IClassFixture<PostgresServer>, IDisposable
{
    private readonly TemporaryFolder _folder = new();

    [Fact]
    public async Task Store_Pgvector_AddsSearchesAndDeletes()
    {
        Assert.SkipWhen(server.Problem is not null, server.Problem ?? "");
        await using var host = await ImageSearchHost.StartAsync(tiny, _folder, "--Store:Kind", "Pgvector", "--Store:Connection", server.ConnectionString);
        try
        {
            Assert.Equal("postgresql", (string)(await host.GetJsonAsync("/api/collection"))["store"]!);
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
            var again = await ImageCollection.OpenAsync(Records(host), _folder.Path, Patience.Token);
            Assert.Equal(11, again.Count);
            host.RequireCleanLog();
        }
        finally
        {
            await Records(host).EnsureCollectionDeletedAsync(Patience.Token);
        }
    }

    [Fact]
    public async Task Store_WithoutConnection_SaysWhatIsMissing()
    {
        var exception = await Assert.ThrowsAsync<InvalidOperationException>(() => ImageSearchHost.StartAsync(tiny, _folder, "--Store:Kind", "Pgvector"));

        Assert.Contains("Store:Connection", exception.Message);
    }

    public void Dispose() => _folder.Dispose();

    private VectorStoreCollection<Guid, ImageRecord> Records(ImageSearchHost host)
    {
        using var model = tiny.Load();
        return host.Get<VectorStore>().GetCollection<Guid, ImageRecord>(CollectionProvider.NameFor(model.GetWeightsHash()), ImageRecord.Define(model.EmbeddingSize));
    }
}
