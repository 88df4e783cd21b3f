using System.Globalization;
using Clip.Shared.VectorStores;
using Microsoft.Extensions.VectorData;
using Microsoft.Extensions.VectorData.ProviderServices;
using Npgsql;
using NpgsqlTypes;

namespace Clip.VectorStores.Pgvector.Sql;

/// <summary>The statements of one collection's table.</summary>
internal sealed class TableSql
{
    // pgvector: HNSW_MAX_DIM, and twice that for halfvec.
    private const int MostIndexedNumbers = 2000;

    private readonly CollectionModel _model;
    private readonly string _name;
    private readonly string _vectorType;
    private readonly string _key;

    /// <summary>For a table.</summary>
    /// <param name="schema">Its schema.</param>
    /// <param name="name">Its name.</param>
    /// <param name="model">Its records' properties.</param>
    /// <param name="vectorType">vector or halfvec.</param>
    /// <exception cref="ArgumentException">A name is none for PostgreSQL.</exception>
    public TableSql(string schema, string name, CollectionModel model, string vectorType)
    {
        _model = model;
        _name = name;
        _vectorType = vectorType;
        Table = $"{Identifier.Quote(schema)}.{Identifier.Quote(name)}";
        _key = Column(model.KeyProperty);
        foreach (var property in model.Properties)
            _ = Column(property);
    }

    /// <summary>The table's quoted name.</summary>
    public string Table { get; }

    /// <summary>A property's quoted column.</summary>
    /// <param name="property">The property.</param>
    public static string Column(PropertyModel property) => Identifier.Quote(property.StorageName);

    /// <summary>Makes the table and its indexes, where they are not there.</summary>
    /// <exception cref="NotSupportedException">A vector is too long for an index.</exception>
    public IEnumerable<NpgsqlBatchCommand> Create()
    {
        var columns = _model.Properties.Select(property => property switch
        {
            VectorPropertyModel vector => $"{Column(vector)} {_vectorType}({vector.Dimensions.ToString(CultureInfo.InvariantCulture)})",
            KeyPropertyModel key => $"{Column(key)} {ColumnType.Of(key.Type).Sql} PRIMARY KEY",
            _ => $"{Column(property)} {ColumnType.Of(property.Type).Sql}",
        });
        yield return new NpgsqlBatchCommand($"CREATE TABLE IF NOT EXISTS {Table} ({string.Join(", ", columns)})");
        foreach (var vector in _model.VectorProperties.Where(vector => vector.IndexKind != IndexKind.Flat))
        {
            if (vector.IndexKind is not (null or IndexKind.Hnsw))
                throw new NotSupportedException($"'{vector.ModelName}' has an index of kind {vector.IndexKind}. There are Hnsw and Flat.");
            var most = _vectorType == "vector" ? MostIndexedNumbers : 2 * MostIndexedNumbers;
            if (vector.Dimensions > most)
                throw new NotSupportedException($"'{vector.ModelName}' has {vector.Dimensions} numbers; an index of pgvector takes {most} of {_vectorType}. IndexKind.Flat has no index.");
            yield return Index(vector, "hnsw", $"USING hnsw ({Column(vector)} {DistanceSql.OperatorClass(StoreDistance.Of(vector).Metric, _vectorType)})");
        }
        foreach (var data in _model.DataProperties.Where(data => data.IsIndexed))
            yield return Index(data, "data", $"({Column(data)})");
        foreach (var data in _model.DataProperties.Where(data => data.IsFullTextIndexed))
            yield return Index(data, "text", $"USING gin ({Words(data)})");
    }

    /// <summary>Deletes the table, where it is there.</summary>
    public NpgsqlBatchCommand Drop() => new($"DROP TABLE IF EXISTS {Table}");

    /// <summary>Stores a record, in place of one with the same key.</summary>
    /// <param name="key">Its key.</param>
    /// <param name="record">The record.</param>
    /// <param name="vectors">Its vectors, in the model's order.</param>
    public NpgsqlBatchCommand Upsert(object key, object record, IReadOnlyList<ReadOnlyMemory<float>?> vectors)
    {
        var sql = new SqlText().Add($"INSERT INTO {Table} ({Columns(withVectors: true)}) VALUES (");
        AddValue(sql, _model.KeyProperty, key);
        foreach (var data in _model.DataProperties)
            AddValue(sql.Add(", "), data, data.GetValueAsObject(record));
        foreach (var vector in vectors)
            AddVector(sql.Add(", "), vector);
        var others = _model.Properties.Where(property => property is not KeyPropertyModel).Select(property => $"{Column(property)} = EXCLUDED.{Column(property)}").ToArray();
        sql.Add($") ON CONFLICT ({_key}) DO {(others.Length == 0 ? "NOTHING" : $"UPDATE SET {string.Join(", ", others)}")}");
        return sql.ToCommand();
    }

    /// <summary>Deletes records.</summary>
    /// <param name="keys">Their keys, at least one.</param>
    public NpgsqlBatchCommand Delete(IReadOnlyList<object> keys) => AddKeys(new SqlText().Add($"DELETE FROM {Table}"), keys).ToCommand();

    /// <summary>Reads records by key.</summary>
    /// <param name="keys">Their keys, at least one.</param>
    /// <param name="withVectors">Whether their vectors are wanted.</param>
    public NpgsqlBatchCommand Get(IReadOnlyList<object> keys, bool withVectors) => AddKeys(new SqlText().Add($"SELECT {Columns(withVectors, isRead: true)} FROM {Table}"), keys).ToCommand();

    /// <summary>Reads a page of records.</summary>
    /// <param name="addFilter">Adds what they must fulfil.</param>
    /// <param name="order">Their order, before that of their keys.</param>
    /// <param name="top">How many at most.</param>
    /// <param name="skip">How many to pass over.</param>
    /// <param name="withVectors">Whether their vectors are wanted.</param>
    public NpgsqlBatchCommand Get(Action<SqlText> addFilter, IEnumerable<(PropertyModel Property, bool IsAscending)> order, int top, int skip, bool withVectors)
    {
        var sql = new SqlText().Add($"SELECT {Columns(withVectors, isRead: true)} FROM {Table} WHERE ");
        addFilter(sql);
        sql.Add(" ORDER BY ");
        // What has no value comes first, as .NET compares.
        foreach (var (property, isAscending) in order)
            sql.Add($"{Column(property)} {(isAscending ? "ASC NULLS FIRST" : "DESC NULLS LAST")}, ");
        return AddPage(sql.Add(_key), top, skip).ToCommand();
    }

    /// <summary>The records closest to a query; their distance is the last column.</summary>
    /// <param name="vector">What is searched.</param>
    /// <param name="query">The query.</param>
    /// <param name="addFilter">Adds what they must fulfil; null for nothing.</param>
    /// <param name="top">How many at most.</param>
    /// <param name="skip">How many to pass over.</param>
    /// <param name="withVectors">Whether their vectors are wanted.</param>
    public NpgsqlBatchCommand Search(VectorPropertyModel vector, float[] query, Action<SqlText>? addFilter, int top, int skip, bool withVectors)
    {
        var sql = new SqlText();
        var distance = Distance(sql, vector, query);
        sql.Add($"SELECT {Columns(withVectors, isRead: true)}, {distance} FROM {Table} WHERE {Column(vector)} IS NOT NULL");
        AddFilter(sql, addFilter);
        return AddPage(sql.Add($" ORDER BY {distance}"), top, skip).ToCommand();
    }

    /// <summary>The records that are best by the ranks of two searches, by vector and by words; their score is the last column.</summary>
    /// <remarks>Source: Cormack, Clarke and Buettcher 2009, "Reciprocal rank fusion": the sum of 1 / (60 + rank).</remarks>
    /// <param name="vector">What is searched by the query.</param>
    /// <param name="query">The query.</param>
    /// <param name="text">What is searched for the words.</param>
    /// <param name="words">The words, any of which may be there.</param>
    /// <param name="addFilter">Adds what records must fulfil; null for nothing.</param>
    /// <param name="top">How many at most.</param>
    /// <param name="skip">How many to pass over.</param>
    /// <param name="withVectors">Whether their vectors are wanted.</param>
    public NpgsqlBatchCommand HybridSearch(
        VectorPropertyModel vector, float[] query, DataPropertyModel text, IReadOnlyCollection<string> words, Action<SqlText>? addFilter, int top, int skip, bool withVectors)
    {
        var sql = new SqlText();
        var distance = Distance(sql, vector, query);
        var looked = sql.Parameter(Math.Max(100L, 4L * ((long)top + skip)), NpgsqlDbType.Bigint);
        sql.Add($"WITH wanted AS (SELECT {string.Join(" || ", words.Select(word => $"plainto_tsquery('simple', {sql.Parameter(word, NpgsqlDbType.Text)})"))} AS words), ");
        sql.Add($"near AS (SELECT {_key} AS id, row_number() OVER (ORDER BY distance, {_key}) AS place FROM (SELECT {_key}, {distance} AS distance FROM {Table} WHERE {Column(vector)} IS NOT NULL");
        AddFilter(sql, addFilter);
        sql.Add($" ORDER BY {distance} LIMIT {looked}) AS closest), ");
        sql.Add($"named AS (SELECT {_key} AS id, row_number() OVER (ORDER BY fit DESC, {_key}) AS place FROM (SELECT {_key}, ts_rank_cd({Words(text)}, wanted.words) AS fit FROM {Table}, wanted WHERE {Words(text)} @@ wanted.words");
        AddFilter(sql, addFilter);
        sql.Add($" ORDER BY fit DESC, {_key} LIMIT {looked}) AS fitting), ");
        sql.Add("ranked AS (SELECT id, COALESCE(1.0 / (60 + near.place), 0) + COALESCE(1.0 / (60 + named.place), 0) AS score FROM near FULL JOIN named USING (id)) ");
        sql.Add($"SELECT {Columns(withVectors, isRead: true)}, ranked.score::double precision FROM {Table} JOIN ranked ON ranked.id = {_key} ORDER BY ranked.score DESC, {_key}");
        return AddPage(sql, top, skip).ToCommand();
    }

    /// <summary>Reads a record, whose columns are the first.</summary>
    /// <param name="reader">Stands at the row.</param>
    /// <param name="withVectors">Whether its vectors were asked for.</param>
    public TRecord Read<TRecord>(NpgsqlDataReader reader, bool withVectors)
        where TRecord : class
    {
        var record = _model.CreateRecord<TRecord>()!;
        var place = 0;
        foreach (var property in _model.DataProperties.Prepend<PropertyModel>(_model.KeyProperty))
        {
            var value = reader.IsDBNull(place) ? null : ColumnType.Of(property.Type).Read(reader, place);
            if (value is not null || !property.Type.IsValueType || property.IsNullable)
                property.SetValueAsObject(record, value);
            place++;
        }
        foreach (var vector in _model.VectorProperties)
        {
            if (withVectors && !reader.IsDBNull(place))
                vector.SetValueAsObject(record, StoreVectors.As(vector, reader.GetFieldValue<float[]>(place)));
            place++;
        }
        return record;
    }

    private static string Words(DataPropertyModel data) => $"to_tsvector('simple'::regconfig, {Column(data)})";

    private static void AddFilter(SqlText sql, Action<SqlText>? addFilter)
    {
        if (addFilter is null)
            return;
        sql.Add(" AND ");
        addFilter(sql);
    }

    private static SqlText AddPage(SqlText sql, int top, int skip) => sql.Add(" LIMIT ").Add((long)top, NpgsqlDbType.Bigint).Add(" OFFSET ").Add((long)skip, NpgsqlDbType.Bigint);

    private static void AddValue(SqlText sql, PropertyModel property, object? value)
    {
        var type = ColumnType.Of(property.Type);
        sql.Add(value is null ? null : type.ToParameter(value), type.DbType);
    }

    // Vectors travel as arrays of real, which every connection knows, whether or not the extension was there when it was opened.
    private void AddVector(SqlText sql, ReadOnlyMemory<float>? vector) =>
        sql.Add(vector?.ToArray(), NpgsqlDbType.Array | NpgsqlDbType.Real).Add($"::real[]::{_vectorType}");

    private string Distance(SqlText sql, VectorPropertyModel vector, float[] query) =>
        $"({Column(vector)} {DistanceSql.Operator(StoreDistance.Of(vector).Metric)} {sql.Parameter(query, NpgsqlDbType.Array | NpgsqlDbType.Real)}::real[]::{_vectorType})";

    private SqlText AddKeys(SqlText sql, IReadOnlyList<object> keys)
    {
        sql.Add($" WHERE {_key} IN (");
        foreach (var (place, key) in keys.Index())
            AddValue(place == 0 ? sql : sql.Add(", "), _model.KeyProperty, key);
        return sql.Add(")");
    }

    private NpgsqlBatchCommand Index(PropertyModel property, string kind, string on) =>
        new($"CREATE INDEX IF NOT EXISTS {Identifier.OfIndex(_name, property.StorageName, kind)} ON {Table} {on}");

    private string Columns(bool withVectors, bool isRead = false) => string.Join(", ", _model.DataProperties.Select(Column).Prepend(_key).Concat(
        _model.VectorProperties.Select(vector => !isRead ? Column(vector) : withVectors ? $"{Column(vector)}::real[]" : "NULL")));
}
