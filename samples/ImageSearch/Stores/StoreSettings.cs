using System.ComponentModel.DataAnnotations;

namespace ImageSearch;

/// <summary>Which vector store: the section "Store" of the settings.</summary>
public sealed class StoreSettings
{
    /// <summary>The section of the settings.</summary>
    public const string Section = "Store";

    /// <summary>The kind.</summary>
    public StoreKind Kind { get; set; } = StoreKind.USearch;

    /// <summary>The connection string of PostgreSQL, or the address of Qdrant's gRPC; empty for a store in files.</summary>
    public string Connection { get; set; } = "";

    /// <summary>In files: images that are all compared before a graph is built, which makes searches faster and some uploads slow.</summary>
    [Range(1, int.MaxValue)]
    public int ExactSearchLimit { get; set; } = 100_000;

    /// <summary>The schema of the tables in PostgreSQL.</summary>
    public string Schema { get; set; } = "public";

    /// <summary>The key of Qdrant's API; empty for none.</summary>
    public string ApiKey { get; set; } = "";
}
