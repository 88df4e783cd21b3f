using Microsoft.Extensions.VectorData;
using Qdrant.Client;

namespace ImageSearch;

/// <summary>A Qdrant server as a vector store of images.</summary>
/// <param name="client">The client, which the store owns.</param>
internal sealed class QdrantImageStore(QdrantClient client) : VectorStore
{
    /// <summary>What the store is called.</summary>
    public const string SystemName = "qdrant";

    /// <inheritdoc/>
    /// <exception cref="NotSupportedException">Records are no images.</exception>
    public override VectorStoreCollection<TKey, TRecord> GetCollection<TKey, TRecord>(string name, VectorStoreCollectionDefinition? definition = null)
    {
        var vector = definition?.Properties.OfType<VectorStoreVectorProperty>().SingleOrDefault()
            ?? throw new NotSupportedException("Qdrant's collections need a definition with one vector.");
        return new QdrantImages(client, name, vector.Dimensions) as VectorStoreCollection<TKey, TRecord>
            ?? throw new NotSupportedException($"Qdrant's collections have records of {nameof(ImageRecord)}, not {typeof(TRecord).Name}.");
    }

    /// <inheritdoc/>
    /// <exception cref="NotSupportedException">Always: records are images.</exception>
    public override VectorStoreCollection<object, Dictionary<string, object?>> GetDynamicCollection(string name, VectorStoreCollectionDefinition definition) =>
        throw new NotSupportedException($"Qdrant's collections have records of {nameof(ImageRecord)}, not dictionaries.");

    /// <inheritdoc/>
    public override async IAsyncEnumerable<string> ListCollectionNamesAsync(
        [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        foreach (var name in await client.ListCollectionsAsync(cancellationToken))
            yield return name;
    }

    /// <inheritdoc/>
    public override Task<bool> CollectionExistsAsync(string name, CancellationToken cancellationToken = default) => client.CollectionExistsAsync(name, cancellationToken);

    /// <inheritdoc/>
    public override Task EnsureCollectionDeletedAsync(string name, CancellationToken cancellationToken = default) =>
        new QdrantImages(client, name, dimensions: 1).EnsureCollectionDeletedAsync(cancellationToken);

    /// <inheritdoc/>
    public override object? GetService(Type serviceType, object? serviceKey = null) =>
        serviceKey is not null ? null
        : serviceType == typeof(VectorStoreMetadata) ? new VectorStoreMetadata { VectorStoreSystemName = SystemName }
        : serviceType == typeof(QdrantClient) ? client
        : serviceType.IsInstanceOfType(this) ? this : null;

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
            client.Dispose();
    }
}
