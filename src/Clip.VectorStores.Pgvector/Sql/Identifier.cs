using System.Security.Cryptography;
using System.Text;

namespace Clip.VectorStores.Pgvector.Sql;

/// <summary>Names in SQL.</summary>
internal static class Identifier
{
    // PostgreSQL: NAMEDATALEN - 1. Longer names are cut off there without a word.
    private const int MostBytes = 63;

    /// <summary>A name in quotation marks, in which every character stands for itself.</summary>
    /// <param name="name">The name.</param>
    /// <exception cref="ArgumentException">It is empty, too long, or has a NUL.</exception>
    public static string Quote(string name)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        if (Encoding.UTF8.GetByteCount(name) > MostBytes || name.Contains('\0'))
            throw new ArgumentException($"'{name}' is no name for PostgreSQL: at most {MostBytes} bytes of UTF-8, none of them NUL.", nameof(name));
        return $"\"{name.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";
    }

    /// <summary>The name of an index, which is the same each time.</summary>
    /// <param name="table">Its table.</param>
    /// <param name="column">Its column.</param>
    /// <param name="kind">Its kind.</param>
    public static string OfIndex(string table, string column, string kind) =>
        Quote($"clip_{kind}_{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{table}\0{column}")).AsSpan(0, 16))}");
}
