namespace ImageSearch;

/// <summary>The vector stores that the settings may name.</summary>
public enum StoreKind
{
    /// <summary>Files in the collection's folder, searched by USearch's graph; nothing else is needed.</summary>
    USearch,

    /// <summary>PostgreSQL with pgvector.</summary>
    Pgvector,

    /// <summary>A Qdrant server.</summary>
    Qdrant,
}
