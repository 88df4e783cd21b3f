using System.Numerics.Tensors;
using Clip.VectorStores.Tests.Support;
using Clip.VectorStores.USearch;
using Microsoft.Extensions.VectorData;

namespace Clip.VectorStores.Tests.USearch;

/// <summary>How many records a graph proposes.</summary>
public sealed class GraphCandidatesTests : IDisposable
{
    private const int Records = 5_000;
    private const int Dimensions = 64;
    private const int Top = 10;

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Search_MoreCandidates_FindsMoreOfTheClosest()
    {
        Assert.SkipWhen(USearchVectorStore.ExactSearchReason is not null, USearchVectorStore.ExactSearchReason ?? "");
        // In all directions, which is where graphs are at their worst.
        var random = new Random(1);
        var vectors = Enumerable.Range(0, Records + 100).Select(_ => Enumerable.Range(0, Dimensions).Select(_ => random.NextSingle() - 0.5f).ToArray()).ToArray();
        using (var store = new USearchVectorStore(_folder.Path, new USearchVectorStoreOptions { ExactSearchLimit = 1_000 }))
        {
            using var records = Open(store);
            await records.EnsureCollectionExistsAsync();
            await records.UpsertAsync(vectors.Take(Records).Select((vector, id) => new Dictionary<string, object?> { ["Id"] = id, ["Vector"] = vector }));
        }

        var (few, many) = (await RecallAsync(vectors, candidates: 1), await RecallAsync(vectors, candidates: 1_000));

        Assert.InRange(many, 0.99, 1);
        Assert.InRange(few, 0.1, many - 0.02);
    }

    [Fact]
    public void Options_NoCandidates_AreRefused() =>
        Assert.Throws<ArgumentOutOfRangeException>(() => new USearchVectorStore(_folder.Path, new USearchVectorStoreOptions { GraphCandidates = 0 }));

    private async Task<double> RecallAsync(float[][] vectors, int candidates)
    {
        using var store = new USearchVectorStore(_folder.Path, new USearchVectorStoreOptions { GraphCandidates = candidates });
        using var records = Open(store);
        var found = 0;
        foreach (var query in vectors.Skip(Records))
        {
            var exact = vectors.Take(Records).Index().OrderByDescending(row => TensorPrimitives.CosineSimilarity<float>(query, row.Item)).Take(Top).Select(row => row.Index);
            found += exact.Intersect(await records.SearchAsync(query, Top).Select(result => (int)result.Record["Id"]!).ToListAsync()).Count();
        }
        return found / (double)(Top * (vectors.Length - Records));
    }

    private static VectorStoreCollection<object, Dictionary<string, object?>> Open(USearchVectorStore store) => store.GetDynamicCollection("spread", new VectorStoreCollectionDefinition
    {
        Properties = [new VectorStoreKeyProperty("Id", typeof(int)), new VectorStoreVectorProperty("Vector", typeof(float[]), Dimensions)],
    });
}
