using System.Diagnostics;
using System.Globalization;
using System.Numerics.Tensors;
using Clip.VectorStores.Pgvector;
using Clip.VectorStores.USearch;
using Microsoft.Extensions.VectorData;

namespace Clip.Benchmarks.Search;

/// <summary>Measures vector stores: the time to fill and to build, sizes, milliseconds per query, and how many of the ten closest are found.</summary>
/// <remarks>
/// <para><c>dotnet run -c Release --project benchmarks/Clip.Benchmarks -- search build|query FOLDER COUNT</c></para>
/// <para>
/// <c>build</c> fills a collection with that many vectors of 512 numbers and builds its graph; <c>query</c> asks it 200 queries by the graph and by comparing all, one after the other, medians.
/// <c>postgres CONNECTION COUNT</c> fills a table of a database and asks it.
/// </para>
/// </remarks>
internal static class SearchComparison
{
    private const int Dimensions = 512;
    private const int Queries = 200;
    private const int Top = 10;
    private const int Batch = 10_000;

    /// <summary>Runs one of the measurements.</summary>
    public static int Run(string[] args)
    {
        Machine.Write(Console.Out);
        switch (args)
        {
            case ["build", var folder, var count]:
                using (var store = new USearchVectorStore(folder, new USearchVectorStoreOptions { ExactSearchLimit = int.MaxValue }))
                    BuildAsync(store, folder, Number(count)).GetAwaiter().GetResult();
                return 0;
            case ["query", var folder, var count]:
                QueryAsync(folder, Number(count)).GetAwaiter().GetResult();
                return 0;
            case ["postgres", var connection, var count]:
                PostgresAsync(connection, Number(count)).GetAwaiter().GetResult();
                return 0;
            case ["shards", var folder, var count]:
                ShardSearch.RunAsync(folder, Number(count)).GetAwaiter().GetResult();
                return 0;
            default:
                Console.Error.WriteLine("search build|query|shards FOLDER COUNT, search postgres CONNECTION COUNT");
                return 2;
        }
    }

    /// <summary>The collection of a store.</summary>
    /// <param name="store">The store.</param>
    /// <param name="indexKind">How it is searched.</param>
    internal static VectorStoreCollection<int, SearchRecord> Open(VectorStore store, string indexKind) => store.GetCollection<int, SearchRecord>("made", new VectorStoreCollectionDefinition
    {
        Properties =
        [
            new VectorStoreKeyProperty("Id", typeof(int)),
            new VectorStoreDataProperty("Path", typeof(string)),
            new VectorStoreVectorProperty("Vector", typeof(ReadOnlyMemory<float>), Dimensions) { IndexKind = indexKind },
        ],
    });

    /// <summary>Fills a collection.</summary>
    /// <param name="collection">The collection.</param>
    /// <param name="count">How many vectors.</param>
    /// <param name="batch">How many at once.</param>
    internal static async Task<TimeSpan> FillAsync(VectorStoreCollection<int, SearchRecord> collection, int count, int batch)
    {
        await collection.EnsureCollectionDeletedAsync();
        await collection.EnsureCollectionExistsAsync();
        var vectors = new MadeVectors(count, Dimensions);
        var time = TimeSpan.Zero;
        for (var begin = 0; begin < count; begin += batch)
        {
            var records = Enumerable.Range(begin, Math.Min(batch, count - begin)).AsParallel().AsOrdered()
                .Select(place => new SearchRecord { Id = place, Path = $"images/{place:D9}.jpg", Vector = vectors.At(place) }).ToArray();
            var start = Stopwatch.GetTimestamp();
            await collection.UpsertAsync(records);
            time += Stopwatch.GetElapsedTime(start);
        }
        return time;
    }

    /// <summary>Asks the queries, one after the other.</summary>
    /// <param name="collection">The collection.</param>
    /// <param name="count">How many vectors it has.</param>
    /// <param name="queries">How many queries.</param>
    internal static async Task<(double Milliseconds, int[][] Found)> AskAsync(VectorStoreCollection<int, SearchRecord> collection, int count, int queries)
    {
        var vectors = new MadeVectors(count, Dimensions);
        var (times, found) = (new double[queries], new int[queries][]);
        for (var query = -3; query < queries; query++)
        {
            var vector = vectors.At(count + Math.Max(query, 0));
            var start = Stopwatch.GetTimestamp();
            var keys = await collection.SearchAsync(vector, Top).Select(result => result.Record.Id).ToArrayAsync();
            if (query >= 0)
                (times[query], found[query]) = (Stopwatch.GetElapsedTime(start).TotalMilliseconds, keys);
        }
        Array.Sort(times);
        return (times[queries / 2], found);
    }

    /// <summary>The share of the closest that were found.</summary>
    /// <param name="found">What was found.</param>
    /// <param name="exact">What is the closest.</param>
    internal static double Recall(int[][] found, int[][] exact) => found.Zip(exact, (some, all) => some.Intersect(all).Count()).Sum() / (double)exact.Sum(all => all.Length);

    private static async Task BuildAsync(USearchVectorStore store, string folder, int count)
    {
        var collection = Open(store, IndexKind.Hnsw);
        Print($"upserts of {Batch}: {(await FillAsync(collection, count, Batch)).TotalSeconds:F1} s");
        var start = Stopwatch.GetTimestamp();
        await ((USearchCollection<int, SearchRecord>)collection).OptimizeAsync();
        Print($"graph of {count}: {Stopwatch.GetElapsedTime(start).TotalSeconds:F1} s, one thread");
        foreach (var file in new DirectoryInfo(folder).EnumerateFiles("*", SearchOption.AllDirectories).OrderBy(file => file.Name, StringComparer.Ordinal))
            Print($"{file.Extension}: {file.Length / 1e6:F1} MB");
    }

    private static async Task QueryAsync(string folder, int count)
    {
        using var store = new USearchVectorStore(folder);
        var before = ProcessMemory.Resident();
        var start = Stopwatch.GetTimestamp();
        var graph = Open(store, IndexKind.Hnsw);
        await graph.GetAsync(0);
        Print($"open: {Stopwatch.GetElapsedTime(start).TotalMilliseconds:F0} ms");
        var (approximate, found) = await AskAsync(graph, count, Queries);
        Print($"graph: {approximate:F2} ms a query; resident +{(ProcessMemory.Resident() - before) / 1e6:F0} MB, {GC.GetTotalMemory(forceFullCollection: true) / 1e6:F0} MB of them managed");

        using var second = new USearchVectorStore(folder);
        var (exact, all) = await AskAsync(Open(second, IndexKind.Flat), count, Queries);
        Print($"exact, {Environment.ProcessorCount} threads: {exact:F2} ms a query");
        Print($"recall@{Top}: {Recall(found, all):F4}; exact takes {exact / approximate:F1} times as long");
    }

    private static async Task PostgresAsync(string connection, int count)
    {
        using var store = new PgvectorVectorStore(connection);
        var collection = Open(store, IndexKind.Hnsw);
        Print($"upserts of 1000, with the index: {(await FillAsync(collection, count, 1000)).TotalSeconds:F1} s");
        var (milliseconds, found) = await AskAsync(collection, count, Queries);
        var vectors = new MadeVectors(count, Dimensions);
        var all = Enumerable.Range(0, count).AsParallel().AsOrdered().Select(vectors.At).ToArray();
        var exact = Enumerable.Range(count, Queries).AsParallel().AsOrdered().Select(vectors.At)
            .Select(query => all.Index().OrderByDescending(row => TensorPrimitives.Dot<float>(query, row.Item)).Take(Top).Select(row => row.Index).ToArray()).ToArray();
        Print($"index: {milliseconds:F2} ms a query; recall@{Top}: {Recall(found, exact):F4}");
        await collection.EnsureCollectionDeletedAsync();
    }

    private static int Number(string text) => int.Parse(text, CultureInfo.InvariantCulture);

    private static void Print(FormattableString line) => Console.WriteLine(line.ToString(CultureInfo.InvariantCulture));
}
