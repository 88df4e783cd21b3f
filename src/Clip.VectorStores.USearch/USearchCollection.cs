using System.Diagnostics.CodeAnalysis;
using System.Linq.Expressions;
using System.Runtime.CompilerServices;
using Clip.Shared.Search;
using Clip.Shared.VectorStores;
using Clip.VectorStores.USearch.Searching;
using Clip.VectorStores.USearch.Storage;
using Microsoft.Extensions.VectorData;
using Microsoft.Extensions.VectorData.ProviderServices;

namespace Clip.VectorStores.USearch;

/// <summary>A collection of a <see cref="USearchVectorStore"/>, which owns its files: disposing of the collection does nothing.</summary>
/// <typeparam name="TKey">string, Guid, int, long or ulong; object for records that are dictionaries.</typeparam>
/// <typeparam name="TRecord">The records' type.</typeparam>
/// <remarks>Filters are any expressions: they are compiled and asked about records without their vectors. A filtered search returns as many as are wanted if there are so many.</remarks>
[SuppressMessage("Trimming", "IL2026", Justification = "The store's methods that make a collection say that they need reflection.")]
public sealed class USearchCollection<TKey, TRecord> : VectorStoreCollection<TKey, TRecord>
    where TKey : notnull
    where TRecord : class
{
    private readonly string _store;
    private readonly CollectionModel _model;
    private readonly StoredCollection _stored;
    private readonly RecordShape _shape;

    internal USearchCollection(string name, string store, CollectionModel model, StoredCollection stored)
    {
        Name = name;
        _store = store;
        _model = model;
        _stored = stored;
        _shape = RecordShape.Of(name, model);
    }

    /// <inheritdoc/>
    public override string Name { get; }

    /// <inheritdoc/>
    public override Task<bool> CollectionExistsAsync(CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return Task.FromResult(_stored.Exists);
    }

    /// <inheritdoc/>
    /// <exception cref="VectorStoreException">It is there with records of another kind, or the folder cannot be written to.</exception>
    public override Task EnsureCollectionExistsAsync(CancellationToken cancellationToken = default) =>
        Task.Run(() => Failures.Wrap(_store, Name, "create", () => _stored.Create(_shape)), cancellationToken);

    /// <inheritdoc/>
    /// <exception cref="VectorStoreException">Another store writes to it, or its files cannot be deleted.</exception>
    public override Task EnsureCollectionDeletedAsync(CancellationToken cancellationToken = default) =>
        Task.Run(() => Failures.Wrap(_store, Name, "delete", _stored.Delete), cancellationToken);

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">The key is null or of another type.</exception>
    /// <exception cref="VectorStoreException">The collection does not exist, or is damaged.</exception>
    public override Task<TRecord?> GetAsync(TKey key, RecordRetrievalOptions? options = null, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var wanted = StoreKeys.Require(_model, key);
        var withVectors = WithVectors(options?.IncludeVectors);
        return Task.FromResult(Read("get", records => records.Rows.Find(wanted) is { } row ? Record(records, row, withVectors) : null));
    }

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">A key is null or of another type.</exception>
    /// <exception cref="VectorStoreException">The collection does not exist, or is damaged.</exception>
    public override async IAsyncEnumerable<TRecord> GetAsync(
        IEnumerable<TKey> keys, RecordRetrievalOptions? options = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(keys);
        foreach (var key in keys)
        {
            if (await GetAsync(key, options, cancellationToken).ConfigureAwait(false) is { } record)
                yield return record;
        }
    }

    /// <inheritdoc/>
    /// <remarks>Without an order, records come as they were last upserted, the earliest first. Texts are ordered by their characters' numbers.</remarks>
    /// <exception cref="VectorStoreException">The collection does not exist, or is damaged.</exception>
    public override IAsyncEnumerable<TRecord> GetAsync(
        Expression<Func<TRecord, bool>> filter, int top, FilteredRecordRetrievalOptions<TRecord>? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(filter);
        ArgumentOutOfRangeException.ThrowIfLessThan(top, 1);
        cancellationToken.ThrowIfCancellationRequested();
        var accepts = filter.Compile();
        var order = RecordOrder<TRecord>.Of(_model, options);
        var (withVectors, skip) = (WithVectors(options?.IncludeVectors), options?.Skip ?? 0);
        return Read("get", records =>
        {
            var found = Enumerable.Range(0, records.Rows.Count)
                .Where(row => records.Rows.Place(row) is not null)
                .Select(row => (Row: row, Record: Record(records, row, withVectors: false)))
                .Where(item => accepts(item.Record));
            var page = (order is null ? found : found.Order(order)).Skip(skip).Take(top);
            return page.Select(item => withVectors ? Record(records, item.Row, withVectors) : item.Record).ToArray();
        }).ToAsyncEnumerable();
    }

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">The key is null or of another type.</exception>
    /// <exception cref="VectorStoreException">The collection does not exist, is damaged, or another store writes to it.</exception>
    public override Task DeleteAsync(TKey key, CancellationToken cancellationToken = default) => DeleteAsync([key], cancellationToken);

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">A key is null or of another type.</exception>
    /// <exception cref="VectorStoreException">The collection does not exist, is damaged, or another store writes to it.</exception>
    public override Task DeleteAsync(IEnumerable<TKey> keys, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(keys);
        var wanted = keys.Select(key => StoreKeys.Require(_model, key)).Distinct().ToArray();
        return Task.Run(() => Write("delete", () => _stored.Remove(_shape, wanted)), cancellationToken);
    }

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">The record has no key, or a vector of another length.</exception>
    /// <exception cref="VectorStoreException">The collection does not exist, is damaged, or another store writes to it.</exception>
    public override Task UpsertAsync(TRecord record, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(record);
        return UpsertAsync([record], cancellationToken);
    }

    /// <inheritdoc/>
    /// <remarks>Up to some megabytes are committed together; a longer list in parts, so that after a failure some of it may be there. From time to time an upsert builds the graph of what is new.</remarks>
    /// <exception cref="ArgumentException">A record has no key, or a vector of another length; nothing is stored.</exception>
    /// <exception cref="VectorStoreException">The collection does not exist, is damaged, or another store writes to it.</exception>
    public override async Task UpsertAsync(IEnumerable<TRecord> records, CancellationToken cancellationToken = default)
    {
        var (list, keys, vectors) = await StoreRecords.ReadAsync(_model, records, cancellationToken).ConfigureAwait(false);
        // The model's order and that of rows differ.
        var places = _shape.Codec.Vectors.Select(property => _model.VectorProperties.Index().First(other => other.Item == property).Index).ToArray();
        var rows = list.Select((record, place) => new RecordToPut(keys[place], record, [.. places.Select(vector => vectors[vector][place])])).ToArray();
        await Task.Run(() => Write("upsert", () => _stored.Put(_shape, rows, cancellationToken)), cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">The query is a vector of another length.</exception>
    /// <exception cref="InvalidOperationException">The query is no vector, and no generator embeds it.</exception>
    /// <exception cref="VectorStoreException">The collection does not exist, or is damaged.</exception>
    public override IAsyncEnumerable<VectorSearchResult<TRecord>> SearchAsync<TInput>(
        TInput searchValue, int top, VectorSearchOptions<TRecord>? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(searchValue);
        ArgumentOutOfRangeException.ThrowIfLessThan(top, 1);
        return SearchCoreAsync(searchValue, top, options ?? new VectorSearchOptions<TRecord>(), cancellationToken);
    }

    /// <summary>Leaves out what was replaced or deleted, and builds the graphs of all records, as after a long load. Readers go on meanwhile.</summary>
    /// <param name="cancellationToken">Ends the building.</param>
    /// <exception cref="VectorStoreException">The collection does not exist, is damaged, or another store writes to it.</exception>
    public Task OptimizeAsync(CancellationToken cancellationToken = default) =>
        Task.Run(() => Write("optimize", () => _stored.Optimize(_shape, cancellationToken)), cancellationToken);

    /// <inheritdoc/>
    public override object? GetService(Type serviceType, object? serviceKey = null)
    {
        ArgumentNullException.ThrowIfNull(serviceType);
        return serviceKey is not null ? null
            : serviceType == typeof(VectorStoreCollectionMetadata)
                ? new VectorStoreCollectionMetadata { VectorStoreSystemName = USearchVectorStore.SystemName, VectorStoreName = _store, CollectionName = Name }
            : serviceType.IsInstanceOfType(this) ? this : null;
    }

    private async IAsyncEnumerable<VectorSearchResult<TRecord>> SearchCoreAsync(
        object query, int top, VectorSearchOptions<TRecord> options, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var property = _model.GetVectorPropertyOrSingle(options);
        var distance = StoreDistance.Of(property);
        var vector = await StoreVectors.OfQueryAsync(property, query, cancellationToken).ConfigureAwait(false);
        var place = _shape.Codec.Vectors.Index().First(other => other.Item == property).Index;
        var accepts = options.Filter?.Compile();
        var withVectors = WithVectors(options.IncludeVectors);
        var results = Read("search", records =>
        {
            var search = new RecordSearch(records, place, distance.Metric, vector, _stored.Candidates, cancellationToken);
            var found = search.Find((int)Math.Min((long)top + options.Skip, int.MaxValue), accepts is null ? null : row => accepts(Record(records, row, withVectors: false)));
            return found.Skip(options.Skip)
                .Select(row => (row.Row, Score: distance.ToScore(row.Closeness)))
                .Where(row => distance.IsWithin(row.Score, options.ScoreThreshold))
                .Select(row => new VectorSearchResult<TRecord>(Record(records, (int)row.Row, withVectors), row.Score))
                .ToArray();
        });
        foreach (var result in results)
        {
            cancellationToken.ThrowIfCancellationRequested();
            yield return result;
        }
    }

    private TRecord Record(OpenRecords records, int row, bool withVectors) => _shape.Codec.Read<TRecord>(records.Row(row), withVectors);

    private bool WithVectors(bool? wanted) => wanted is not true ? false
        : _model.EmbeddingGenerationRequired ? throw new NotSupportedException(VectorDataStrings.IncludeVectorsNotSupportedWithEmbeddingGeneration)
        : true;

    private T Read<T>(string operation, Func<OpenRecords, T> read) => Failures.Wrap(_store, Name, operation, () =>
        _stored.Read(_shape, read, out var result) ? result! : throw Missing(operation));

    private void Write(string operation, Func<bool> write) => Failures.Wrap(_store, Name, operation, () =>
    {
        if (!write())
            throw Missing(operation);
    });

    private VectorStoreException Missing(string operation) =>
        Failures.Of(_store, Name, operation, $"There is no collection '{Name}' in '{_store}'. {nameof(EnsureCollectionExistsAsync)} makes it.");
}
