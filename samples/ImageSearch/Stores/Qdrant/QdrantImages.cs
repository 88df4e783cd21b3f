using System.Linq.Expressions;
using System.Runtime.CompilerServices;
using Grpc.Core;
using Microsoft.Extensions.VectorData;
using Qdrant.Client;
using Qdrant.Client.Grpc;

namespace ImageSearch;

/// <summary>A collection of images in Qdrant: what this application asks of a store, by Qdrant's own client. Filters are not translated.</summary>
/// <param name="client">The client, which the store owns.</param>
/// <param name="name">The collection's name.</param>
/// <param name="dimensions">Numbers of an embedding.</param>
internal sealed class QdrantImages(QdrantClient client, string name, int dimensions) : VectorStoreCollection<Guid, ImageRecord>
{
    private const uint ReadAtOnce = 1_000;

    /// <inheritdoc/>
    public override string Name => name;

    /// <inheritdoc/>
    public override Task<bool> CollectionExistsAsync(CancellationToken cancellationToken = default) =>
        RunAsync("exists", () => client.CollectionExistsAsync(name, cancellationToken));

    /// <inheritdoc/>
    public override Task EnsureCollectionExistsAsync(CancellationToken cancellationToken = default) => RunAsync("create", async () =>
    {
        if (!await client.CollectionExistsAsync(name, cancellationToken))
            await client.CreateCollectionAsync(name, new VectorParams { Size = (ulong)dimensions, Distance = Distance.Cosine }, cancellationToken: cancellationToken);
        return true;
    });

    /// <inheritdoc/>
    public override Task EnsureCollectionDeletedAsync(CancellationToken cancellationToken = default) => RunAsync("delete", async () =>
    {
        if (await client.CollectionExistsAsync(name, cancellationToken))
            await client.DeleteCollectionAsync(name, cancellationToken: cancellationToken);
        return true;
    });

    /// <inheritdoc/>
    public override async Task<ImageRecord?> GetAsync(Guid key, RecordRetrievalOptions? options = null, CancellationToken cancellationToken = default) =>
        await GetAsync([key], options, cancellationToken).FirstOrDefaultAsync(cancellationToken);

    /// <inheritdoc/>
    public override async IAsyncEnumerable<ImageRecord> GetAsync(
        IEnumerable<Guid> keys, RecordRetrievalOptions? options = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        PointId[] ids = [.. keys.Select(key => (PointId)key)];
        var points = await RunAsync("get", () => client.RetrieveAsync(name, ids, true, options?.IncludeVectors ?? false, cancellationToken: cancellationToken));
        foreach (var point in points)
            yield return QdrantPoints.ToRecord(point.Id, point.Payload, point.Vectors);
    }

    /// <inheritdoc/>
    /// <remarks>In the order of keys.</remarks>
    /// <exception cref="NotSupportedException">The filter is another than <c>_ => true</c>, or there is an order.</exception>
    public override async IAsyncEnumerable<ImageRecord> GetAsync(
        Expression<Func<ImageRecord, bool>> filter,
        int top,
        FilteredRecordRetrievalOptions<ImageRecord>? options = null,
        [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        if (filter.Body is not ConstantExpression { Value: true } || options?.OrderBy is not null)
            throw new NotSupportedException("Qdrant's collection reads all records, in the order of their keys; it translates no filter.");
        var (skip, left) = (options?.Skip ?? 0, top);
        for (PointId? offset = null; left > 0;)
        {
            var page = await RunAsync("get", () => client.ScrollAsync(
                name, limit: ReadAtOnce, offset: offset, payloadSelector: true, vectorsSelector: options?.IncludeVectors ?? false, cancellationToken: cancellationToken));
            foreach (var point in page.Result.Skip(skip).Take(left))
                yield return QdrantPoints.ToRecord(point.Id, point.Payload, point.Vectors);
            left -= Math.Min(left, Math.Max(0, page.Result.Count - skip));
            skip = Math.Max(0, skip - page.Result.Count);
            offset = page.NextPageOffset;
            if (offset is null)
                break;
        }
    }

    /// <inheritdoc/>
    public override Task UpsertAsync(ImageRecord record, CancellationToken cancellationToken = default) => UpsertAsync([record], cancellationToken);

    /// <inheritdoc/>
    public override Task UpsertAsync(IEnumerable<ImageRecord> records, CancellationToken cancellationToken = default) =>
        RunAsync("upsert", () => client.UpsertAsync(name, [.. records.Select(QdrantPoints.Of)], wait: true, cancellationToken: cancellationToken));

    /// <inheritdoc/>
    public override Task DeleteAsync(Guid key, CancellationToken cancellationToken = default) => DeleteAsync([key], cancellationToken);

    /// <inheritdoc/>
    public override Task DeleteAsync(IEnumerable<Guid> keys, CancellationToken cancellationToken = default) =>
        RunAsync("delete", () => client.DeleteAsync(name, (IReadOnlyList<Guid>)[.. keys], wait: true, cancellationToken: cancellationToken));

    /// <inheritdoc/>
    /// <exception cref="NotSupportedException">The query is no vector, or there is a filter.</exception>
    public override async IAsyncEnumerable<VectorSearchResult<ImageRecord>> SearchAsync<TInput>(
        TInput searchValue, int top, VectorSearchOptions<ImageRecord>? options = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        if (searchValue is not float[] vector || options?.Filter is not null)
            throw new NotSupportedException("Qdrant's collection is searched by a float[] and without a filter.");
        var found = await RunAsync("search", () => client.QueryAsync(
            name,
            query: vector,
            limit: (ulong)top,
            offset: (ulong)(options?.Skip ?? 0),
            payloadSelector: true,
            vectorsSelector: options?.IncludeVectors ?? false,
            cancellationToken: cancellationToken));
        foreach (var point in found)
            yield return new VectorSearchResult<ImageRecord>(QdrantPoints.ToRecord(point.Id, point.Payload, point.Vectors), point.Score);
    }

    /// <inheritdoc/>
    public override object? GetService(Type serviceType, object? serviceKey = null) =>
        serviceKey is not null ? null
        : serviceType == typeof(QdrantClient) ? client
        : serviceType.IsInstanceOfType(this) ? this : null;

    private async Task<T> RunAsync<T>(string operation, Func<Task<T>> run)
    {
        try
        {
            return await run();
        }
        catch (RpcException exception) when (exception.StatusCode != StatusCode.Cancelled)
        {
            throw new VectorStoreException($"Qdrant failed to {operation} in the collection '{name}': {exception.Status.Detail}", exception)
            {
                VectorStoreSystemName = QdrantImageStore.SystemName,
                CollectionName = name,
                OperationName = operation,
            };
        }
    }
}
