using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using Clip.Shared.VectorStores;
using Clip.VectorStores.Pgvector.Sql;
using Microsoft.Extensions.VectorData;
using Npgsql;

namespace Clip.VectorStores.Pgvector;

/// <summary>Collections of records with vectors as tables of PostgreSQL with the extension pgvector, 0.8 or later.</summary>
/// <remarks>A table is a collection if it has a column of type vector or halfvec. Values reach the database as parameters only; names are quoted.</remarks>
public sealed class PgvectorVectorStore : VectorStore
{
    internal const string SystemName = "postgresql";

    // pgvector: hnsw.ef_search, 40 unless it is set, 1,000 at most.
    internal const int MostCandidates = 1000;

    private readonly NpgsqlDataSource _database;
    private readonly bool _ownsDatabase;
    private readonly PgvectorVectorStoreOptions _options;
    private readonly string _schema;

    /// <summary>A store in a database that the caller opened and disposes.</summary>
    /// <param name="database">The database. Nothing has to be set up for vectors.</param>
    /// <param name="options">Settings; null for the defaults.</param>
    /// <exception cref="ArgumentException">The schema's name is none for PostgreSQL.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The graph's candidates are less than 1 or more than 1,000.</exception>
    public PgvectorVectorStore(NpgsqlDataSource database, PgvectorVectorStoreOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(database);
        _options = options ?? new PgvectorVectorStoreOptions();
        _schema = _options.Schema;
        _ = Identifier.Quote(_schema);
        ArgumentOutOfRangeException.ThrowIfLessThan(_options.GraphCandidates, 1, nameof(options));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(_options.GraphCandidates, MostCandidates, nameof(options));
        _database = database;
    }

    /// <summary>A store in a database.</summary>
    /// <param name="connectionString">How Npgsql connects to it.</param>
    /// <param name="options">Settings; null for the defaults.</param>
    /// <exception cref="ArgumentException">The connection string or the schema's name is none.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The graph's candidates are less than 1 or more than 1,000.</exception>
    public PgvectorVectorStore(string connectionString, PgvectorVectorStoreOptions? options = null)
        : this(NpgsqlDataSource.Create(connectionString), options) => _ownsDatabase = true;

    private string VectorType => _options.HalfPrecision ? "halfvec" : "vector";

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">A name is empty or longer than 63 bytes.</exception>
    /// <exception cref="NotSupportedException">The record type has a property that cannot be stored.</exception>
    [RequiresDynamicCode("Properties of records are found by reflection.")]
    [RequiresUnreferencedCode("Properties of records are found by reflection.")]
    public override PgvectorCollection<TKey, TRecord> GetCollection<TKey, TRecord>(string name, VectorStoreCollectionDefinition? definition = null)
    {
        if (typeof(TRecord) == typeof(Dictionary<string, object?>))
            throw new ArgumentException($"Records that are dictionaries are for {nameof(GetDynamicCollection)}.");
        var model = new StoreModelBuilder().Build(typeof(TRecord), typeof(TKey), definition, _options.EmbeddingGenerator);
        return new PgvectorCollection<TKey, TRecord>(_database, name, model, new TableSql(_schema, name, model, VectorType), _options.GraphCandidates);
    }

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">A name is empty or longer than 63 bytes.</exception>
    /// <exception cref="NotSupportedException">The definition has a property that cannot be stored.</exception>
    public override PgvectorCollection<object, Dictionary<string, object?>> GetDynamicCollection(string name, VectorStoreCollectionDefinition definition)
    {
        ArgumentNullException.ThrowIfNull(definition);
        var model = new StoreModelBuilder().BuildDynamic(definition, _options.EmbeddingGenerator);
        return new PgvectorCollection<object, Dictionary<string, object?>>(_database, name, model, new TableSql(_schema, name, model, VectorType), _options.GraphCandidates);
    }

    /// <inheritdoc/>
    /// <exception cref="VectorStoreException">The database cannot be asked.</exception>
    public override async IAsyncEnumerable<string> ListCollectionNamesAsync([EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        var names = await Failures.WrapAsync(_database, null, "list", () => DatabaseQueries.TablesAsync(_database, _schema, null, cancellationToken)).ConfigureAwait(false);
        foreach (var name in names)
            yield return name;
    }

    /// <inheritdoc/>
    /// <exception cref="VectorStoreException">The database cannot be asked.</exception>
    public override async Task<bool> CollectionExistsAsync(string name, CancellationToken cancellationToken = default)
    {
        _ = Identifier.Quote(name);
        var names = await Failures.WrapAsync(_database, name, "exists", () => DatabaseQueries.TablesAsync(_database, _schema, name, cancellationToken)).ConfigureAwait(false);
        return names.Count > 0;
    }

    /// <inheritdoc/>
    /// <exception cref="VectorStoreException">The table cannot be deleted.</exception>
    public override Task EnsureCollectionDeletedAsync(string name, CancellationToken cancellationToken = default)
    {
        var table = $"{Identifier.Quote(_schema)}.{Identifier.Quote(name)}";
        return Failures.WrapAsync(_database, name, "delete", () => DatabaseQueries.ExecuteAsync(_database, [new NpgsqlBatchCommand($"DROP TABLE IF EXISTS {table}")], cancellationToken));
    }

    /// <inheritdoc/>
    public override object? GetService(Type serviceType, object? serviceKey = null)
    {
        ArgumentNullException.ThrowIfNull(serviceType);
        return serviceKey is not null ? null
            : serviceType == typeof(VectorStoreMetadata) ? Failures.Describe(_database)
            : serviceType == typeof(NpgsqlDataSource) ? _database
            : serviceType.IsInstanceOfType(this) ? this : null;
    }

    /// <summary>Closes the connections, if the store made them.</summary>
    protected override void Dispose(bool disposing)
    {
        if (disposing && _ownsDatabase)
            _database.Dispose();
    }
}
