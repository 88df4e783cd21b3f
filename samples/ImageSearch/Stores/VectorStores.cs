using Clip.VectorStores.Pgvector;
using Clip.VectorStores.USearch;
using Microsoft.Extensions.VectorData;
using Qdrant.Client;

namespace ImageSearch;

/// <summary>From the settings to a vector store. Another one is a line here, or a <see cref="VectorStore"/> that the application registers itself.</summary>
internal static class VectorStores
{
    /// <summary>Opens the store.</summary>
    /// <param name="store">Which one.</param>
    /// <param name="collection">Where files go.</param>
    /// <exception cref="InvalidOperationException">It is a database, and the settings have no connection.</exception>
    public static VectorStore Open(StoreSettings store, CollectionSettings collection) => store.Kind switch
    {
        StoreKind.USearch => new USearchVectorStore(
            Path.Combine(collection.Folder, "index"), new USearchVectorStoreOptions { ExactSearchLimit = store.ExactSearchLimit }),
        StoreKind.Pgvector => new PgvectorVectorStore(RequireConnection(store), new PgvectorVectorStoreOptions { Schema = store.Schema }),
        StoreKind.Qdrant => new QdrantImageStore(new QdrantClient(new Uri(RequireConnection(store)), store.ApiKey.Length > 0 ? store.ApiKey : null)),
        _ => throw new InvalidOperationException($"There is no store {store.Kind}. {StoreSettings.Section}:{nameof(StoreSettings.Kind)} is one of {string.Join(", ", Enum.GetNames<StoreKind>())}."),
    };

    private static string RequireConnection(StoreSettings store) => store.Connection.Length > 0
        ? store.Connection
        : throw new InvalidOperationException(
            $"The store is {store.Kind}, which needs {StoreSettings.Section}:{nameof(StoreSettings.Connection)}, such as \"Host=localhost;Database=images;Username=me\" for PostgreSQL and \"http://localhost:6334\" for Qdrant.");
}
