using Npgsql;
using NpgsqlTypes;

namespace Clip.VectorStores.Pgvector.Sql;

/// <summary>How values of a property's type are columns.</summary>
/// <param name="Sql">The column's type.</param>
/// <param name="DbType">The parameter's type.</param>
/// <param name="Read">Reads a value that is not null.</param>
/// <param name="ToParameter">From a value that is not null to the parameter's.</param>
internal sealed record ColumnType(string Sql, NpgsqlDbType DbType, Func<NpgsqlDataReader, int, object> Read, Func<object, object> ToParameter)
{
    /// <summary>Of a type that records may have.</summary>
    /// <param name="type">The type; nullable or not.</param>
    public static ColumnType Of(Type type) => (Nullable.GetUnderlyingType(type) ?? type) switch
    {
        // Compared byte by byte, as .NET compares ordinally.
        var plain when plain == typeof(string) => Simple<string>("text COLLATE \"C\"", NpgsqlDbType.Text),
        var plain when plain == typeof(bool) => Simple<bool>("boolean", NpgsqlDbType.Boolean),
        var plain when plain == typeof(short) => Simple<short>("smallint", NpgsqlDbType.Smallint),
        var plain when plain == typeof(int) => Simple<int>("integer", NpgsqlDbType.Integer),
        var plain when plain == typeof(long) => Simple<long>("bigint", NpgsqlDbType.Bigint),
        var plain when plain == typeof(ulong) => new("numeric(20, 0)", NpgsqlDbType.Numeric, (reader, place) => (ulong)reader.GetDecimal(place), value => (decimal)(ulong)value),
        var plain when plain == typeof(float) => Simple<float>("real", NpgsqlDbType.Real),
        var plain when plain == typeof(double) => Simple<double>("double precision", NpgsqlDbType.Double),
        var plain when plain == typeof(decimal) => Simple<decimal>("numeric", NpgsqlDbType.Numeric),
        var plain when plain == typeof(Guid) => Simple<Guid>("uuid", NpgsqlDbType.Uuid),
        var plain when plain == typeof(DateTime) => Simple<DateTime>("timestamp with time zone", NpgsqlDbType.TimestampTz) with { ToParameter = value => Moment((DateTime)value) },
        var plain when plain == typeof(DateTimeOffset) => Simple<DateTimeOffset>("timestamp with time zone", NpgsqlDbType.TimestampTz) with
        {
            ToParameter = value => ((DateTimeOffset)value).ToUniversalTime(),
        },
        var plain when plain == typeof(DateOnly) => Simple<DateOnly>("date", NpgsqlDbType.Date),
        var plain when plain == typeof(byte[]) => Simple<byte[]>("bytea", NpgsqlDbType.Bytea),
        var plain when plain == typeof(string[]) => Simple<string[]>("text[]", NpgsqlDbType.Array | NpgsqlDbType.Text),
        var plain when plain == typeof(List<string>) => Simple<List<string>>("text[]", NpgsqlDbType.Array | NpgsqlDbType.Text),
        var plain => throw new NotSupportedException($"Values of type {plain.Name} are not stored."),
    };

    private static ColumnType Simple<T>(string sql, NpgsqlDbType type)
        where T : notnull => new(sql, type, (reader, place) => reader.GetFieldValue<T>(place), value => value);

    private static object Moment(DateTime value) => value.Kind != DateTimeKind.Unspecified
        ? value.ToUniversalTime()
        : throw new ArgumentException("A DateTime says neither UTC nor local time, so it is no moment. Use DateTimeOffset, or DateTime.SpecifyKind.");
}
