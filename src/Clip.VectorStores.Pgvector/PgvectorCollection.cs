using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Linq.Expressions;
using System.Runtime.CompilerServices;
using Clip.Shared.Search;
using Clip.Shared.VectorStores;
using Clip.VectorStores.Pgvector.Sql;
using Microsoft.Extensions.VectorData;
using Microsoft.Extensions.VectorData.ProviderServices;
using Npgsql;

namespace Clip.VectorStores.Pgvector;

/// <summary>A table of a <see cref="PgvectorVectorStore"/>.</summary>
/// <typeparam name="TKey">string, Guid, int, long or ulong; object for records that are dictionaries.</typeparam>
/// <typeparam name="TRecord">The records' type.</typeparam>
/// <remarks>
/// <para>Filters become SQL: comparisons of properties with values, &amp;&amp;, ||, !, <c>Contains</c> of lists and texts, <c>StartsWith</c> and <c>EndsWith</c> with <c>StringComparison.Ordinal</c>.
/// They mean what they mean in C#, also where a value is null.</para>
/// <para>A search that the index answers with fewer records than are wanted is answered again by comparing all.</para>
/// </remarks>
[SuppressMessage("Trimming", "IL2026", Justification = "The store's methods that make a collection say that they need reflection.")]
public sealed class PgvectorCollection<TKey, TRecord> : VectorStoreCollection<TKey, TRecord>, IKeywordHybridSearchable<TRecord>
    where TKey : notnull
    where TRecord : class
{
    private const int CandidatesPerWanted = 4;
    private const int KeysAtOnce = 1000;

    private readonly NpgsqlDataSource _database;
    private readonly CollectionModel _model;
    private readonly TableSql _table;
    private readonly int _candidates;

    internal PgvectorCollection(NpgsqlDataSource database, string name, CollectionModel model, TableSql table, int candidates)
    {
        _candidates = candidates;
        _database = database;
        _model = model;
        _table = table;
        Name = name;
    }

    /// <inheritdoc/>
    public override string Name { get; }

    /// <inheritdoc/>
    /// <exception cref="VectorStoreException">The database cannot be asked.</exception>
    public override Task<bool> CollectionExistsAsync(CancellationToken cancellationToken = default) => RunAsync("exists", async () =>
    {
        // Without its schema, the name of the table is asked of the database itself.
        var command = new SqlText().Add("SELECT to_regclass(").Add(_table.Table, NpgsqlTypes.NpgsqlDbType.Text).Add(") IS NOT NULL").ToCommand();
        return (await DatabaseQueries.ReadAsync(_database, [], command, reader => reader.GetBoolean(0), cancellationToken).ConfigureAwait(false))[0];
    });

    /// <inheritdoc/>
    /// <remarks>
    /// The extension is made too, where it is not there and the user may. An index over records that are there already is waited for without end: one over a million takes many minutes.
    /// </remarks>
    /// <exception cref="NotSupportedException">A vector has more numbers than an index takes.</exception>
    /// <exception cref="VectorStoreException">The database refuses it.</exception>
    public override Task EnsureCollectionExistsAsync(CancellationToken cancellationToken = default) => RunAsync("create", () => DatabaseQueries.ExecuteAsync(
        _database, _table.Create().Prepend(new NpgsqlBatchCommand("CREATE EXTENSION IF NOT EXISTS vector")).ToArray(), cancellationToken, timeout: 0));

    /// <inheritdoc/>
    /// <exception cref="VectorStoreException">The database refuses it.</exception>
    public override Task EnsureCollectionDeletedAsync(CancellationToken cancellationToken = default) =>
        RunAsync("delete", () => DatabaseQueries.ExecuteAsync(_database, [_table.Drop()], cancellationToken));

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">The key is null or of another type.</exception>
    /// <exception cref="VectorStoreException">The collection does not exist, or the database fails.</exception>
    public override async Task<TRecord?> GetAsync(TKey key, RecordRetrievalOptions? options = null, CancellationToken cancellationToken = default) =>
        (await ReadAsync([StoreKeys.Require(_model, key)], options, cancellationToken).ConfigureAwait(false)).FirstOrDefault();

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">A key is null or of another type.</exception>
    /// <exception cref="VectorStoreException">The collection does not exist, or the database fails.</exception>
    public override async IAsyncEnumerable<TRecord> GetAsync(
        IEnumerable<TKey> keys, RecordRetrievalOptions? options = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(keys);
        foreach (var part in keys.Select(key => StoreKeys.Require(_model, key)).Chunk(KeysAtOnce))
        {
            foreach (var record in await ReadAsync(part, options, cancellationToken).ConfigureAwait(false))
                yield return record;
        }
    }

    /// <inheritdoc/>
    /// <remarks>Without an order, records come in the order of their keys. Texts are ordered by their characters' numbers.</remarks>
    /// <exception cref="NotSupportedException">The filter has a part without a translation to SQL.</exception>
    /// <exception cref="VectorStoreException">The collection does not exist, or the database fails.</exception>
    public override IAsyncEnumerable<TRecord> GetAsync(
        Expression<Func<TRecord, bool>> filter, int top, FilteredRecordRetrievalOptions<TRecord>? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(filter);
        ArgumentOutOfRangeException.ThrowIfLessThan(top, 1);
        var order = options?.OrderBy?.Invoke(new()).Values.Select(value => (_model.GetDataOrKeyProperty(value.PropertySelector), value.Ascending)) ?? [];
        var withVectors = WithVectors(options?.IncludeVectors);
        return StreamAsync("get", [], () => _table.Get(sql => FilterSql.Add(sql, filter, _model), order, top, options?.Skip ?? 0, withVectors),
            reader => _table.Read<TRecord>(reader, withVectors), cancellationToken);
    }

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">The key is null or of another type.</exception>
    /// <exception cref="VectorStoreException">The collection does not exist, or the database fails.</exception>
    public override Task DeleteAsync(TKey key, CancellationToken cancellationToken = default) => DeleteAsync([key], cancellationToken);

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">A key is null or of another type.</exception>
    /// <exception cref="VectorStoreException">The collection does not exist, or the database fails.</exception>
    public override Task DeleteAsync(IEnumerable<TKey> keys, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(keys);
        var commands = keys.Select(key => StoreKeys.Require(_model, key)).Chunk(KeysAtOnce).Select(_table.Delete).ToArray();
        return RunAsync("delete", () => DatabaseQueries.ExecuteAsync(_database, commands, cancellationToken));
    }

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">The record has no key, or a vector of another length.</exception>
    /// <exception cref="VectorStoreException">The collection does not exist, or the database fails.</exception>
    public override Task UpsertAsync(TRecord record, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(record);
        return UpsertAsync([record], cancellationToken);
    }

    /// <inheritdoc/>
    /// <remarks>All records of a call are stored, or none.</remarks>
    /// <exception cref="ArgumentException">A record has no key, or a vector of another length.</exception>
    /// <exception cref="VectorStoreException">The collection does not exist, or the database fails.</exception>
    public override async Task UpsertAsync(IEnumerable<TRecord> records, CancellationToken cancellationToken = default)
    {
        var (list, keys, vectors) = await StoreRecords.ReadAsync(_model, records, cancellationToken).ConfigureAwait(false);
        var commands = list.Select((record, place) => _table.Upsert(keys[place], record, [.. vectors.Select(vector => vector[place])]));
        await RunAsync("upsert", () => DatabaseQueries.ExecuteAsync(_database, commands, cancellationToken)).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">The query is a vector of another length.</exception>
    /// <exception cref="InvalidOperationException">The query is no vector, and no generator embeds it.</exception>
    /// <exception cref="NotSupportedException">The filter has a part without a translation to SQL.</exception>
    /// <exception cref="VectorStoreException">The collection does not exist, or the database fails.</exception>
    public override IAsyncEnumerable<VectorSearchResult<TRecord>> SearchAsync<TInput>(
        TInput searchValue, int top, VectorSearchOptions<TRecord>? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(searchValue);
        ArgumentOutOfRangeException.ThrowIfLessThan(top, 1);
        return SearchCoreAsync(searchValue, top, options ?? new VectorSearchOptions<TRecord>(), cancellationToken);
    }

    /// <inheritdoc/>
    /// <remarks>
    /// <para>The ranks of both searches are joined: a record's score is the sum of 1 / (60 + its rank) in each of the two. Words are compared as they are
    /// written, in lower case, and any of them may be in the text.</para>
    /// <para>Source: Cormack, Clarke and Buettcher 2009, "Reciprocal rank fusion outperforms Condorcet and individual rank learning methods".</para>
    /// </remarks>
    /// <exception cref="ArgumentException">The query is a vector of another length, or there are no keywords.</exception>
    /// <exception cref="InvalidOperationException">The query is no vector and no generator embeds it, or no property is indexed for full text.</exception>
    /// <exception cref="NotSupportedException">The filter has a part without a translation to SQL.</exception>
    /// <exception cref="VectorStoreException">The collection does not exist, or the database fails.</exception>
    public IAsyncEnumerable<VectorSearchResult<TRecord>> HybridSearchAsync<TInput>(
        TInput searchValue, ICollection<string> keywords, int top, HybridSearchOptions<TRecord>? options = null, CancellationToken cancellationToken = default)
        where TInput : notnull
    {
        ArgumentNullException.ThrowIfNull(searchValue);
        ArgumentNullException.ThrowIfNull(keywords);
        ArgumentOutOfRangeException.ThrowIfLessThan(top, 1);
        if (keywords.Count == 0 || keywords.Contains(null!))
            throw new ArgumentException("There are no keywords, or one is null.", nameof(keywords));
        return HybridSearchCoreAsync(searchValue, keywords, top, options ?? new HybridSearchOptions<TRecord>(), cancellationToken);
    }

    /// <inheritdoc/>
    public override object? GetService(Type serviceType, object? serviceKey = null)
    {
        ArgumentNullException.ThrowIfNull(serviceType);
        var store = Failures.Describe(_database);
        return serviceKey is not null ? null
            : serviceType == typeof(VectorStoreCollectionMetadata)
                ? new VectorStoreCollectionMetadata { VectorStoreSystemName = store.VectorStoreSystemName, VectorStoreName = store.VectorStoreName, CollectionName = Name }
            : serviceType == typeof(NpgsqlDataSource) ? _database
            : serviceType.IsInstanceOfType(this) ? this : null;
    }

    private async IAsyncEnumerable<VectorSearchResult<TRecord>> SearchCoreAsync(
        object query, int top, VectorSearchOptions<TRecord> options, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var property = _model.GetVectorPropertyOrSingle(options);
        var distance = StoreDistance.Of(property);
        var vector = await StoreVectors.OfQueryAsync(property, query, cancellationToken).ConfigureAwait(false);
        var withVectors = WithVectors(options.IncludeVectors);
        NpgsqlBatchCommand Command() => _table.Search(property, vector, FilterOf(options.Filter), top, options.Skip, withVectors);
        VectorSearchResult<TRecord> Read(NpgsqlDataReader reader) =>
            new(_table.Read<TRecord>(reader, withVectors), distance.ToScore(DistanceSql.ToCloseness(distance.Metric, reader.GetDouble(reader.FieldCount - 1))));

        var candidates = Math.Clamp(CandidatesPerWanted * ((long)top + options.Skip), _candidates, PgvectorVectorStore.MostCandidates).ToString(CultureInfo.InvariantCulture);
        var results = await RunAsync("search", () => DatabaseQueries.ReadAsync(
            _database, [("hnsw.iterative_scan", "strict_order"), ("hnsw.ef_search", candidates)], Command(), Read, cancellationToken)).ConfigureAwait(false);
        // The index gives up after some thousands of rows that a filter leaves out.
        if (results.Count < top && property.IndexKind != IndexKind.Flat)
            results = await RunAsync("search", () => DatabaseQueries.ReadAsync(_database, [("enable_indexscan", "off")], Command(), Read, cancellationToken)).ConfigureAwait(false);
        foreach (var result in results.Where(result => distance.IsWithin(result.Score!.Value, options.ScoreThreshold)))
            yield return result;
    }

    private async IAsyncEnumerable<VectorSearchResult<TRecord>> HybridSearchCoreAsync(
        object query, ICollection<string> keywords, int top, HybridSearchOptions<TRecord> options, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var property = _model.GetVectorPropertyOrSingle(new VectorSearchOptions<TRecord> { VectorProperty = options.VectorProperty });
        var text = _model.GetFullTextDataPropertyOrSingle(options.AdditionalProperty);
        var vector = await StoreVectors.OfQueryAsync(property, query, cancellationToken).ConfigureAwait(false);
        var withVectors = WithVectors(options.IncludeVectors);
        var results = StreamAsync("hybrid search", [("hnsw.iterative_scan", "strict_order")],
            () => _table.HybridSearch(property, vector, text, [.. keywords], FilterOf(options.Filter), top, options.Skip, withVectors),
            reader => new VectorSearchResult<TRecord>(_table.Read<TRecord>(reader, withVectors), reader.GetDouble(reader.FieldCount - 1)), cancellationToken);
        await foreach (var result in results.ConfigureAwait(false))
        {
            if (options.ScoreThreshold is not { } threshold || result.Score >= threshold)
                yield return result;
        }
    }

    private Action<SqlText>? FilterOf(LambdaExpression? filter) => filter is null ? null : sql => FilterSql.Add(sql, filter, _model);

    private Task<IReadOnlyList<TRecord>> ReadAsync(IReadOnlyList<object> keys, RecordRetrievalOptions? options, CancellationToken cancellationToken)
    {
        var withVectors = WithVectors(options?.IncludeVectors);
        return RunAsync("get", () => DatabaseQueries.ReadAsync(_database, [], _table.Get(keys, withVectors), reader => _table.Read<TRecord>(reader, withVectors), cancellationToken));
    }

    private async IAsyncEnumerable<T> StreamAsync<T>(
        string operation, IReadOnlyList<(string Name, string Value)> settings, Func<NpgsqlBatchCommand> command, Func<NpgsqlDataReader, T> read,
        [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        foreach (var row in await RunAsync(operation, () => DatabaseQueries.ReadAsync(_database, settings, command(), read, cancellationToken)).ConfigureAwait(false))
            yield return row;
    }

    private bool WithVectors(bool? wanted) => wanted is not true ? false
        : _model.EmbeddingGenerationRequired ? throw new NotSupportedException(VectorDataStrings.IncludeVectorsNotSupportedWithEmbeddingGeneration)
        : true;

    private Task<T> RunAsync<T>(string operation, Func<Task<T>> action) => Failures.WrapAsync(_database, Name, operation, action);
}
