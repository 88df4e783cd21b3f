using Microsoft.Extensions.AI;

namespace Clip.VectorStores.USearch;

/// <summary>Settings of a <see cref="USearchVectorStore"/>.</summary>
public sealed record USearchVectorStoreOptions
{
    /// <summary>Embeds vector properties that are no vectors, and queries; a definition or a property may name another.</summary>
    public IEmbeddingGenerator? EmbeddingGenerator { get; init; }

    /// <summary>Records that are searched by comparing all before a graph is built, which happens in the upsert that reaches that number; at least 1.</summary>
    /// <remarks>10,000 vectors of 512 numbers are compared in about a millisecond.</remarks>
    public int ExactSearchLimit { get; init; } = 10_000;

    /// <summary>Records that a graph proposes for each search at least, which are then compared exactly; at least 1, and four for each that is wanted in any case.</summary>
    /// <remarks>More find more of the closest and take longer: HNSW's <c>ef</c> of a search, and USearch never takes less than 64.</remarks>
    public int GraphCandidates { get; init; } = 64;
}
