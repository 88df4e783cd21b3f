using Clip.VectorStores.Tests.Conformance;
using Clip.VectorStores.USearch;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.VectorData;

namespace Clip.VectorStores.Tests.USearch;

/// <summary>The store on disk, with graphs from 200 records on.</summary>
public sealed class USearchConformanceTests : VectorStoreConformance
{
    private readonly TemporaryFolder _folder = new();

    protected override Task<VectorStore> OpenAsync(IEmbeddingGenerator? generator) => Task.FromResult<VectorStore>(
        new USearchVectorStore(_folder.Path, new USearchVectorStoreOptions { EmbeddingGenerator = generator, ExactSearchLimit = 200 }));

    protected override Task<VectorStore> ReopenAsync() => OpenAsync(null);

    protected override Task CloseAsync()
    {
        _folder.Dispose();
        return Task.CompletedTask;
    }
}
