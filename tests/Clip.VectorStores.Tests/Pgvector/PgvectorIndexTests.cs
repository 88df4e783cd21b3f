using Clip.VectorStores.Pgvector;
using Microsoft.Extensions.VectorData;
using Npgsql;

namespace Clip.VectorStores.Tests.Pgvector;

/// <summary>An index that is made when the records are there already.</summary>
public sealed class PgvectorIndexTests(PostgresServer server) : IClassFixture<PostgresServer>
{
    // Some seconds for an index, in a command's time of one.
    private const int Count = 2_000, Dimensions = 1_500;

    [Fact]
    public async Task EnsureCollectionExists_IndexTakesLongerThanACommandMay_IsWaitedFor()
    {
        Assert.SkipWhen(server.Problem is not null, server.Problem ?? "");
        Assert.SkipWhen(server.IsWebAssembly, "PostgreSQL in WebAssembly hears of no timeout: CLIP_POSTGRES names no other database.");
        await using var database = NpgsqlDataSource.Create(new NpgsqlConnectionStringBuilder(server.ConnectionString) { CommandTimeout = 1 });
        var name = $"filled {Guid.NewGuid():N}";
        using var store = new PgvectorVectorStore(database);
        await Open(store, name, IndexKind.Flat).EnsureCollectionExistsAsync();
        await using (var fill = database.CreateCommand(
            $"INSERT INTO \"{name}\" (\"Id\", \"Vector\") SELECT i, ARRAY(SELECT random() - 0.5 FROM generate_series(1, {Dimensions} + 0 * i))::vector FROM generate_series(1, {Count}) AS i"))
        {
            fill.CommandTimeout = 0;
            await fill.ExecuteNonQueryAsync(Patience.Token);
        }
        var photos = Open(store, name, IndexKind.Hnsw);

        await photos.EnsureCollectionExistsAsync();

        await using var indexes = database.CreateCommand("SELECT count(*) FROM pg_indexes WHERE tablename = $1 AND indexdef LIKE '%hnsw%'");
        indexes.Parameters.Add(new() { Value = name });
        Assert.Equal(1L, await indexes.ExecuteScalarAsync(Patience.Token));
        await photos.EnsureCollectionDeletedAsync();
    }

    private static VectorStoreCollection<object, Dictionary<string, object?>> Open(PgvectorVectorStore store, string name, string indexKind) => store.GetDynamicCollection(name, new VectorStoreCollectionDefinition
    {
        Properties = [new VectorStoreKeyProperty("Id", typeof(int)), new VectorStoreVectorProperty("Vector", typeof(ReadOnlyMemory<float>), Dimensions) { IndexKind = indexKind }],
    });
}
