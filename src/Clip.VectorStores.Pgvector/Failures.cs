using Microsoft.Extensions.VectorData;
using Npgsql;

namespace Clip.VectorStores.Pgvector;

/// <summary>What fails in the database, as the exception of the abstractions.</summary>
internal static class Failures
{
    /// <summary>Names a database without its user and password.</summary>
    /// <param name="database">The database.</param>
    public static VectorStoreMetadata Describe(NpgsqlDataSource database) => new()
    {
        VectorStoreSystemName = PgvectorVectorStore.SystemName,
        VectorStoreName = new NpgsqlConnectionStringBuilder(database.ConnectionString).Database,
    };

    /// <summary>Does something.</summary>
    /// <param name="database">The database.</param>
    /// <param name="collection">The collection; null where it is about the store.</param>
    /// <param name="operation">What is done.</param>
    /// <param name="action">Does it.</param>
    /// <exception cref="VectorStoreException">The database refuses it, or is not there.</exception>
    public static async Task<T> WrapAsync<T>(NpgsqlDataSource database, string? collection, string operation, Func<Task<T>> action)
    {
        try
        {
            return await action().ConfigureAwait(false);
        }
        catch (NpgsqlException e)
        {
            throw new VectorStoreException(Explain(e, collection), e)
            {
                VectorStoreSystemName = PgvectorVectorStore.SystemName,
                VectorStoreName = Describe(database).VectorStoreName,
                CollectionName = collection,
                OperationName = operation,
            };
        }
    }

    private static string Explain(NpgsqlException e, string? collection) => e.SqlState switch
    {
        PostgresErrorCodes.UndefinedTable => $"There is no collection '{collection}' in the database. EnsureCollectionExistsAsync makes it. ({e.Message})",
        PostgresErrorCodes.UndefinedColumn or PostgresErrorCodes.DatatypeMismatch => $"The table '{collection}' does not fit the records. ({e.Message})",
        PostgresErrorCodes.UndefinedObject => $"The database has no pgvector: install the extension, version 0.8 or later. ({e.Message})",
        _ => e.Message,
    };
}
