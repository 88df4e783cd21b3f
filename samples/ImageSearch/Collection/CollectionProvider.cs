using Clip.DependencyInjection;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.VectorData;

namespace ImageSearch;

/// <summary>The collection, once it is open. Each set of weights has its own: embeddings of one model say nothing beside those of another.</summary>
/// <param name="models">The model.</param>
/// <param name="store">Where records are.</param>
/// <param name="settings">Where files are.</param>
internal sealed class CollectionProvider(IClipModelProvider models, VectorStore store, IOptions<CollectionSettings> settings) : IAsyncDisposable
{
    // Of 64 hexadecimal digits: enough to tell models apart, and short in the names of tables and folders.
    private const int HashDigits = 12;

    private readonly TaskCompletionSource<ImageCollection> _collection = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>What the vector store is, "usearch" or "postgresql".</summary>
    public string StoreName { get; } = (store.GetService(typeof(VectorStoreMetadata)) as VectorStoreMetadata)?.VectorStoreSystemName ?? store.GetType().Name;

    /// <summary>The name of the collection of some weights.</summary>
    /// <param name="hash">Their hash.</param>
    public static string NameFor(string hash) => $"images_{hash[..HashDigits]}";

    /// <summary>The collection; a request waits for it until it is open.</summary>
    public Task<ImageCollection> GetAsync() => _collection.Task;

    /// <summary>The collection, if it is open.</summary>
    public ImageCollection? TryGet() => _collection.Task.IsCompletedSuccessfully ? _collection.Task.Result : null;

    /// <summary>Opens the collection of the model.</summary>
    /// <exception cref="VectorStoreException">The store cannot be used; the message says why.</exception>
    public async Task<ImageCollection> OpenAsync(CancellationToken cancellationToken)
    {
        try
        {
            var model = await models.GetAsync(cancellationToken);
            var hash = await Task.Run(() => model.GetWeightsHash(cancellationToken), cancellationToken);
            var name = NameFor(hash);
            var records = store.GetCollection<Guid, ImageRecord>(name, ImageRecord.Define(model.EmbeddingSize));
            var collection = await ImageCollection.OpenAsync(records, Path.Combine(Path.GetFullPath(settings.Value.Folder), name), cancellationToken);
            SearchTelemetry.Observe(collection);
            _collection.SetResult(collection);
            return collection;
        }
        catch (Exception exception)
        {
            _collection.SetException(exception);
            throw;
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (TryGet() is not { } collection)
            return;
        SearchTelemetry.Observe(null);
        await collection.DisposeAsync();
    }
}
