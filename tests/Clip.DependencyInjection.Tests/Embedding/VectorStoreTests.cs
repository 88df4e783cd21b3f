using Clip.DependencyInjection.Tests.Support;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.VectorData;

namespace Clip.DependencyInjection.Tests.Embedding;

/// <summary>Search by text and by image through the abstractions of Microsoft.Extensions.VectorData.</summary>
public sealed class VectorStoreTests : IDisposable
{
    private const int Images = 40;
    private readonly ClipModel _clip;
    private readonly ClipEmbeddingGenerator _generator;

    public VectorStoreTests(TinyModel tiny)
    {
        _clip = tiny.Load();
        _generator = new ClipEmbeddingGenerator(_clip);
    }

    public void Dispose() => _clip.Dispose();

    [Fact]
    public async Task SearchAsync_OneCollection_FindsByTextAndByImage()
    {
        using var collection = new InMemoryCollection<Photo>(_generator);
        await collection.UpsertAsync(Enumerable.Range(0, Images).Select(key => new Photo
        {
            Key = key,
            Name = $"{key}.bmp",
            Vector = _clip.EmbedImage(Image.Striped(key)),
        }));

        foreach (var text in (string[])["a cat", "stripes in red", "dog"])
            Assert.Equal(BestFor(text), await FirstAsync(collection.SearchAsync(text, top: 1)));
        foreach (var key in (int[])[0, 17, 39])
            Assert.Equal(key, await FirstAsync(collection.SearchAsync(Image.Content(key), top: 1)));
    }

    [Fact]
    public async Task SearchAsync_StoreEmbedsTheImages_FindsByImage()
    {
        using var collection = new InMemoryCollection<PhotoWithContent>(_generator.ImagesOnly);

        await collection.UpsertAsync(Enumerable.Range(0, Images).Select(key => new PhotoWithContent { Key = key, Content = Image.Content(key) }));

        Assert.Equal(17, await FirstAsync(collection.SearchAsync(Image.Content(17), top: 1)));
        await Assert.ThrowsAsync<InvalidOperationException>(() => FirstAsync(collection.SearchAsync("a cat", top: 1)));
    }

    [Fact]
    public async Task UpsertAsync_StoreEmbedsTheImagesWithTheGeneratorOfBoth_TakesThemForTexts()
    {
        using var collection = new InMemoryCollection<PhotoWithContent>(_generator);

        var error = await Assert.ThrowsAsync<InvalidOperationException>(() => collection.UpsertAsync(new PhotoWithContent { Key = 1, Content = Image.Content(1) }));

        Assert.Contains("accepting a string, but DataContent was provided", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task SearchAsync_StoreEmbedsAPropertyDefinedForImages_FindsByTextAndByImage()
    {
        var definition = new VectorStoreCollectionDefinition
        {
            Properties =
            [
                new VectorStoreKeyProperty(nameof(PhotoWithContent.Key), typeof(int)),
                new VectorStoreVectorProperty<DataContent>(nameof(PhotoWithContent.Content), TinyClip.EmbeddingSize),
            ],
        };
        using var collection = new InMemoryCollection<PhotoWithContent>(_generator, definition);

        await collection.UpsertAsync(Enumerable.Range(0, Images).Select(key => new PhotoWithContent { Key = key, Content = Image.Content(key) }));

        Assert.Equal(17, await FirstAsync(collection.SearchAsync(Image.Content(17), top: 1)));
        Assert.Equal(BestFor("a cat"), await FirstAsync(collection.SearchAsync("a cat", top: 1)));
    }

    private static async Task<int> FirstAsync<TRecord>(IAsyncEnumerable<VectorSearchResult<TRecord>> results)
        where TRecord : class, IPhoto => (await results.FirstAsync()).Record.Key;

    // The image that is nearest to a text, without a store.
    private int BestFor(string text)
    {
        var query = _clip.EmbedText(text);
        return Enumerable.Range(0, Images).MaxBy(key => EmbeddingMath.CosineSimilarity(query, _clip.EmbedImage(Image.Striped(key))));
    }

    private interface IPhoto
    {
        int Key { get; }
    }

    private sealed class Photo : IPhoto
    {
        [VectorStoreKey]
        public int Key { get; set; }

        [VectorStoreData]
        public string? Name { get; set; }

        [VectorStoreVector(TinyClip.EmbeddingSize, DistanceFunction = DistanceFunction.CosineSimilarity)]
        public ReadOnlyMemory<float> Vector { get; set; }
    }

    private sealed class PhotoWithContent : IPhoto
    {
        [VectorStoreKey]
        public int Key { get; set; }

        [VectorStoreVector(TinyClip.EmbeddingSize, DistanceFunction = DistanceFunction.CosineSimilarity)]
        public DataContent? Content { get; set; }
    }
}
