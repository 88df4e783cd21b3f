using Microsoft.Extensions.AI;

namespace Clip.VectorStores.Pgvector;

/// <summary>Settings of a <see cref="PgvectorVectorStore"/>.</summary>
public sealed record PgvectorVectorStoreOptions
{
    /// <summary>Embeds vector properties that are no vectors, and queries; a definition or a property may name another.</summary>
    public IEmbeddingGenerator? EmbeddingGenerator { get; init; }

    /// <summary>The schema of the tables; it exists.</summary>
    public string Schema { get; init; } = "public";

    /// <summary>Whether new tables keep vectors in float16 (<c>halfvec</c>): half of the memory, and indexes of up to 4,000 numbers instead of 2,000.</summary>
    public bool HalfPrecision { get; init; }

    /// <summary>Records that an index looks at for each search at least, 1 to 1,000, and four for each that is wanted in any case.</summary>
    /// <remarks>More find more of the closest and take longer: pgvector's <c>hnsw.ef_search</c>.</remarks>
    public int GraphCandidates { get; init; } = 64;
}
