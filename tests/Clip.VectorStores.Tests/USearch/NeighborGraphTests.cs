extern alias USearch;

using System.Numerics.Tensors;
using Clip.Shared.Search;
using Clip.VectorStores.Tests.Support;

// The packages have one each.
using VectorMetric = USearch::Clip.Shared.Search.VectorMetric;

namespace Clip.VectorStores.Tests.USearch;

/// <summary>USearch's graph: what several threads add is all there and found as well as what one adds.</summary>
public sealed class NeighborGraphTests
{
    private const int Dimensions = 24;
    private const int Top = 10;

    // More than any machine that runs this has processors, so that threads are interrupted anywhere in the library.
    private const int Threads = 16;

    [Fact]
    public void AddRows_ManyThreads_FindsAsMuchAsOneThread()
    {
        RequireGraphs();
        const int rows = 8_000;
        var vectors = Vectors(rows, seed: 1);
        using var one = NeighborGraph.Create(VectorMetric.Cosine, Dimensions);
        Add(one, vectors, 0, rows, threads: 1);
        var expected = Recall(one, vectors);

        for (var attempt = 0; attempt < 5; attempt++)
        {
            using var many = NeighborGraph.Create(VectorMetric.Cosine, Dimensions);
            Add(many, vectors, 0, rows, Threads);

            Assert.Equal(rows, many.Count);
            Assert.InRange(Recall(many, vectors), expected - 0.01, 1);
            // Expected are ln(8000 / 4096) for each further thread, 10 rows; added side by side it would be some 50.
            Assert.InRange(FoundThemselves(many, vectors), 0.997, 1);
        }
    }

    [Fact]
    public void AddRows_AgainAndAgainAndAfterReading_KeepsAllRows()
    {
        RequireGraphs();
        using var folder = new TemporaryFolder();
        var path = Path.Combine(folder.Path, "graph");
        const int rows = 6_000;
        var vectors = Vectors(rows, seed: 2);
        using (var graph = NeighborGraph.Create(VectorMetric.Cosine, Dimensions))
        {
            // The memory moves between the parts, never within one.
            foreach (var (begin, end) in new[] { (0, 1), (1, 70), (70, 71), (71, 1_500), (1_500, 3_000) })
                Add(graph, vectors, begin, end, Threads);
            graph.Save(path);
        }
        using (var graph = NeighborGraph.Open(path, isMapped: false))
        {
            Add(graph, vectors, 3_000, rows, Threads);
            graph.Save(path);
        }

        using var mapped = NeighborGraph.Open(path, isMapped: true);
        Assert.Equal((rows, Dimensions), (mapped.Count, mapped.Dimensions));
        Assert.InRange(FoundThemselves(mapped, vectors), 0.997, 1);
    }

    [Fact]
    public void AddRows_SomeAreLeftOut_HoldsTheRest()
    {
        RequireGraphs();
        var vectors = Vectors(500, seed: 3);
        using var graph = NeighborGraph.Create(VectorMetric.Cosine, Dimensions);

        graph.AddRows(0, vectors.Length, (begin, end) =>
        {
            for (var row = begin; row < end; row++)
            {
                if (row % 5 != 0)
                    graph.Add(row, vectors[row]);
            }
        }, TestContext.Current.CancellationToken, Threads);

        Assert.Equal(400, graph.Count);
        Assert.DoesNotContain(graph.Search(vectors[10], 100, TestContext.Current.CancellationToken), row => row % 5 == 0);
    }

    [Fact]
    public void AddRows_AddingFails_ThrowsWhatItThrew()
    {
        RequireGraphs();
        using var graph = NeighborGraph.Create(VectorMetric.Cosine, Dimensions);

        var thrown = Assert.Throws<IOException>(() => graph.AddRows(0, 1_000, (_, _) => throw new IOException("The file is gone."), TestContext.Current.CancellationToken, Threads));

        Assert.Equal("The file is gone.", thrown.Message);
    }

    [Fact]
    public void AddRows_Canceled_Throws()
    {
        RequireGraphs();
        var vectors = Vectors(1_000, seed: 4);
        using var graph = NeighborGraph.Create(VectorMetric.Cosine, Dimensions);
        using var source = new CancellationTokenSource();

        Assert.Throws<OperationCanceledException>(() => graph.AddRows(0, vectors.Length, (begin, _) =>
        {
            graph.Add(begin, vectors[begin]);
            source.Cancel();
        }, source.Token, Threads));

        Assert.InRange(graph.Count, 1, Threads);
    }

    [Fact]
    public void Search_ManyThreads_FindsWhatOneFinds()
    {
        RequireGraphs();
        var vectors = Vectors(3_000, seed: 5);
        using var graph = NeighborGraph.Create(VectorMetric.Cosine, Dimensions);
        Add(graph, vectors, 0, vectors.Length, Threads);
        var expected = vectors.Select(vector => graph.Search(vector, Top, default)).ToArray();

        Parallel.For(0, Threads * 1_000, new ParallelOptions { MaxDegreeOfParallelism = Threads }, search =>
            Assert.Equal(expected[search % vectors.Length], graph.Search(vectors[search % vectors.Length], Top, default)));
    }

    private static void RequireGraphs() => Assert.SkipWhen(NeighborGraph.LibraryProblem is not null, NeighborGraph.LibraryProblem ?? "");

    private static void Add(NeighborGraph graph, float[][] vectors, int begin, int end, int threads) => graph.AddRows(begin, end, (first, last) =>
    {
        for (var row = first; row < last; row++)
            graph.Add(row, vectors[row]);
    }, default, threads);

    // Those side by side are close to each other, as images of one folder are: the hard case for several threads.
    private static float[][] Vectors(int count, int seed)
    {
        var random = new Random(seed);
        var center = Direction(random);
        return [.. Enumerable.Range(0, count).Select(row =>
        {
            if (row % 50 == 0)
                center = Direction(random);
            var vector = Direction(random);
            TensorPrimitives.Add(vector, center, vector);
            return Normalize(vector);
        })];
    }

    private static float[] Direction(Random random) => Normalize([.. Enumerable.Range(0, Dimensions).Select(_ => random.NextSingle() - 0.5f)]);

    private static float[] Normalize(float[] vector)
    {
        TensorPrimitives.Divide(vector, TensorPrimitives.Norm(vector), vector);
        return vector;
    }

    private static double FoundThemselves(NeighborGraph graph, float[][] vectors) => vectors.Index().Count(row => graph.Search(row.Item, Top, default).Contains(row.Index)) / (double)vectors.Length;

    private static double Recall(NeighborGraph graph, float[][] vectors) => Vectors(100, seed: 99).Average(query =>
    {
        var exact = vectors.Index().OrderByDescending(row => TensorPrimitives.Dot<float>(query, row.Item)).Take(Top).Select(row => (long)row.Index);
        return exact.Intersect(graph.Search(query, Top, default)).Count() / (double)Top;
    });
}
