using Npgsql;
using NpgsqlTypes;

namespace Clip.VectorStores.Pgvector;

/// <summary>What is asked of a database.</summary>
internal static class DatabaseQueries
{
    /// <summary>Tables with vectors.</summary>
    /// <param name="database">The database.</param>
    /// <param name="schema">Their schema.</param>
    /// <param name="name">The only table to look for; null for all.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    public static async Task<IReadOnlyList<string>> TablesAsync(NpgsqlDataSource database, string schema, string? name, CancellationToken cancellationToken)
    {
        var sql = new Sql.SqlText().Add("""
            SELECT DISTINCT class.relname COLLATE "C" AS name FROM pg_catalog.pg_class AS class
            JOIN pg_catalog.pg_namespace AS space ON space.oid = class.relnamespace
            JOIN pg_catalog.pg_attribute AS attribute ON attribute.attrelid = class.oid AND NOT attribute.attisdropped
            JOIN pg_catalog.pg_type AS type ON type.oid = attribute.atttypid
            WHERE class.relkind IN ('r', 'p') AND type.typname IN ('vector', 'halfvec') AND space.nspname =
            """).Add(" ").Add(schema, NpgsqlDbType.Text);
        if (name is not null)
            sql.Add(" AND class.relname = ").Add(name, NpgsqlDbType.Text);
        return await ReadAsync(database, [], sql.Add(" ORDER BY name").ToCommand(), reader => reader.GetString(0), cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Executes statements, all or none of them.</summary>
    /// <param name="database">The database.</param>
    /// <param name="commands">The statements.</param>
    /// <param name="cancellationToken">Ends the waiting, and nothing is changed.</param>
    /// <param name="timeout">Seconds that 200 statements may take, 0 for any number; null for what the connection says, which is 30 where it says nothing.</param>
    public static async Task<bool> ExecuteAsync(
        NpgsqlDataSource database, IEnumerable<NpgsqlBatchCommand> commands, CancellationToken cancellationToken, int? timeout = null)
    {
        var connection = await database.OpenConnectionAsync(cancellationToken).ConfigureAwait(false);
        await using (connection.ConfigureAwait(false))
        {
            var transaction = await connection.BeginTransactionAsync(cancellationToken).ConfigureAwait(false);
            await using (transaction.ConfigureAwait(false))
            {
                // What is sent at once stays in memory until it is answered.
                foreach (var part in commands.Chunk(200))
                {
                    var batch = new NpgsqlBatch(connection, transaction);
                    await using (batch.ConfigureAwait(false))
                    {
                        batch.Timeout = timeout ?? batch.Timeout;
                        foreach (var command in part)
                            batch.BatchCommands.Add(command);
                        await batch.ExecuteNonQueryAsync(cancellationToken).ConfigureAwait(false);
                    }
                }
                await transaction.CommitAsync(cancellationToken).ConfigureAwait(false);
            }
        }
        return true;
    }

    /// <summary>Reads all rows of a statement, under settings that hold for it alone.</summary>
    /// <param name="database">The database.</param>
    /// <param name="settings">Names and values of settings.</param>
    /// <param name="command">The statement.</param>
    /// <param name="read">Reads a row.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    public static async Task<IReadOnlyList<T>> ReadAsync<T>(
        NpgsqlDataSource database, IReadOnlyList<(string Name, string Value)> settings, NpgsqlBatchCommand command, Func<NpgsqlDataReader, T> read, CancellationToken cancellationToken)
    {
        var rows = new List<T>();
        var connection = await database.OpenConnectionAsync(cancellationToken).ConfigureAwait(false);
        await using (connection.ConfigureAwait(false))
        {
            // A setting that ends with the transaction needs one.
            var transaction = settings.Count > 0 ? await connection.BeginTransactionAsync(cancellationToken).ConfigureAwait(false) : null;
            var batch = new NpgsqlBatch(connection, transaction);
            await using (batch.ConfigureAwait(false))
            {
                foreach (var (name, value) in settings)
                    batch.BatchCommands.Add(new Sql.SqlText().Add("SELECT set_config(").Add(name, NpgsqlDbType.Text).Add(", ").Add(value, NpgsqlDbType.Text).Add(", true)").ToCommand());
                batch.BatchCommands.Add(command);
                var reader = await batch.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
                await using (reader.ConfigureAwait(false))
                {
                    for (var skipped = 0; skipped < settings.Count; skipped++)
                        await reader.NextResultAsync(cancellationToken).ConfigureAwait(false);
                    while (await reader.ReadAsync(cancellationToken).ConfigureAwait(false))
                        rows.Add(read(reader));
                }
            }
            if (transaction is not null)
                await transaction.DisposeAsync().ConfigureAwait(false);
        }
        return rows;
    }
}
