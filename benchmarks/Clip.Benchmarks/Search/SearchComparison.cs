using System.Diagnostics;
using System.Globalization;
using System.Numerics.Tensors;
using Clip.VectorStores.Pgvector;
using Clip.VectorStores.USearch;
using Microsoft.Extensions.VectorData;
using Npgsql;

namespace Clip.Benchmarks.Search;

/// <summary>Measures vector stores: the time to fill and to build, sizes, milliseconds per query, and how many of the ten closest are found.</summary>
/// <remarks>
/// <para><c>dotnet run -c Release --project benchmarks/Clip.Benchmarks -- search build|query FOLDER COUNT [clustered|spread]</c></para>
/// <para>
/// <c>build</c> fills a collection with that many vectors of 512 numbers and builds its graph; <c>query</c> asks it 200 queries, by the graph with more and more candidates and by comparing all, one after
/// the other. <c>search fill|load|ask CONNECTION COUNT [clustered|spread]</c> does the same with a table of PostgreSQL: <c>fill</c> stores into a table that has the index, <c>load</c> makes the index
/// afterwards.
/// </para>
/// </remarks>
internal static class SearchComparison
{
    private const int Dimensions = 512;
    private const int Queries = 200;
    private const int Top = 10;
    private const int Batch = 10_000;
    private const int SelfQueries = 20_000;
    private const int PostgresBatch = 1000;

    private static readonly int[] Candidates = [64, 256, 1000];

    /// <summary>Runs one of the measurements.</summary>
    public static int Run(string[] args)
    {
        Machine.Write(Console.Out);
        var kind = args.ElementAtOrDefault(3) ?? "clustered";
        switch (args)
        {
            case ["build", var folder, var count, ..]:
                using (var store = new USearchVectorStore(folder, new USearchVectorStoreOptions { ExactSearchLimit = int.MaxValue }))
                    BuildAsync(store, folder, Number(count), kind).GetAwaiter().GetResult();
                return 0;
            case ["query", var folder, var count, ..]:
                QueryAsync(folder, Number(count), kind).GetAwaiter().GetResult();
                return 0;
            case ["fill", var connection, var count, ..]:
                FillPostgresAsync(connection, Number(count), kind).GetAwaiter().GetResult();
                return 0;
            case ["load", var connection, var count, ..]:
                LoadPostgresAsync(connection, Number(count), kind).GetAwaiter().GetResult();
                return 0;
            case ["ask", var connection, var count, ..]:
                AskPostgresAsync(connection, Number(count), kind).GetAwaiter().GetResult();
                return 0;
            case ["shards", var folder, var count]:
                ShardSearch.RunAsync(folder, Number(count)).GetAwaiter().GetResult();
                return 0;
            default:
                Console.Error.WriteLine("search build|query FOLDER COUNT [clustered|spread], search fill|load|ask CONNECTION COUNT [clustered|spread], search shards FOLDER COUNT");
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
    /// <param name="vectors">The vectors.</param>
    /// <param name="count">How many.</param>
    /// <param name="batch">How many at once.</param>
    internal static async Task<TimeSpan> FillAsync(VectorStoreCollection<int, SearchRecord> collection, MadeVectors vectors, int count, int batch)
    {
        await collection.EnsureCollectionDeletedAsync();
        await collection.EnsureCollectionExistsAsync();
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

    /// <summary>Asks queries, one after the other.</summary>
    /// <param name="collection">The collection.</param>
    /// <param name="queries">The queries.</param>
    internal static async Task<Answers> AskAsync(VectorStoreCollection<int, SearchRecord> collection, IReadOnlyList<float[]> queries)
    {
        var (times, found) = (new double[queries.Count], new int[queries.Count][]);
        for (var query = -3; query < queries.Count; query++)
        {
            var start = Stopwatch.GetTimestamp();
            var keys = await collection.SearchAsync(queries[Math.Max(query, 0)], Top).Select(result => result.Record.Id).ToArrayAsync();
            if (query >= 0)
                (times[query], found[query]) = (Stopwatch.GetElapsedTime(start).TotalMilliseconds, keys);
        }
        Array.Sort(times);
        return new Answers(times[times.Length / 2], times[times.Length * 95 / 100], found);
    }

    /// <summary>The share of the closest that were found.</summary>
    /// <param name="found">What was found.</param>
    /// <param name="exact">What is the closest.</param>
    internal static double Recall(int[][] found, int[][] exact) => found.Zip(exact, (some, all) => some.Intersect(all).Count()).Sum() / (double)exact.Sum(all => all.Length);

    private static async Task BuildAsync(USearchVectorStore store, string folder, int count, string kind)
    {
        var collection = Open(store, IndexKind.Hnsw);
        Print($"upserts of {Batch}: {(await FillAsync(collection, MadeVectors.Of(kind, count, Dimensions), count, Batch)).TotalSeconds:F1} s");
        using var process = Process.GetCurrentProcess();
        var (start, before) = (Stopwatch.GetTimestamp(), process.TotalProcessorTime);
        await ((USearchCollection<int, SearchRecord>)collection).OptimizeAsync();
        process.Refresh();
        Print($"graph of {count}: {Stopwatch.GetElapsedTime(start).TotalSeconds:F1} s, {(process.TotalProcessorTime - before).TotalSeconds:F1} s of processor time, one thread; resident at most {process.PeakWorkingSet64 / 1e6:F0} MB");
        foreach (var file in new DirectoryInfo(folder).EnumerateFiles("*", SearchOption.AllDirectories).OrderBy(file => file.Name, StringComparer.Ordinal))
            Print($"{file.Extension}: {file.Length / 1e6:F1} MB");
    }

    private static async Task QueryAsync(string folder, int count, string kind)
    {
        var vectors = MadeVectors.Of(kind, count, Dimensions);
        var queries = Enumerable.Range(count, Queries).Select(vectors.At).ToArray();
        using (var store = new USearchVectorStore(folder))
        {
            var start = Stopwatch.GetTimestamp();
            var before = ProcessMemory.Resident();
            var collection = Open(store, IndexKind.Hnsw);
            await collection.GetAsync(0);
            Print($"open: {Stopwatch.GetElapsedTime(start).TotalMilliseconds:F0} ms");
            await AskAsync(collection, queries);
            Print($"resident +{(ProcessMemory.Resident() - before) / 1e6:F0} MB, {GC.GetTotalMemory(forceFullCollection: true) / 1e6:F0} MB of them managed");
        }

        using var second = new USearchVectorStore(folder);
        var exact = await AskAsync(Open(second, IndexKind.Flat), queries);
        Print($"exact, {Environment.ProcessorCount} threads: {exact} a query");
        foreach (var candidates in Candidates)
        {
            using var store = new USearchVectorStore(folder, new USearchVectorStoreOptions { GraphCandidates = candidates });
            var graph = await AskAsync(Open(store, IndexKind.Hnsw), queries);
            Print($"graph, {candidates} candidates: {graph} a query; recall@{Top}: {Recall(graph.Found, exact.Found):F4}");
        }

        // Of a search among few candidates a row may be hidden; one that does not find itself among many is lost to the graph.
        var step = Math.Max(count / SelfQueries, 1);
        int[] rows = [.. Enumerable.Range(0, Math.Min(SelfQueries, count)).Select(place => place * step)];
        foreach (var candidates in (int[])[Candidates[0], Candidates[^1]])
        {
            using var store = new USearchVectorStore(folder, new USearchVectorStoreOptions { GraphCandidates = candidates });
            var themselves = await AskAsync(Open(store, IndexKind.Hnsw), [.. rows.AsParallel().AsOrdered().Select(vectors.At)]);
            int[] missing = [.. themselves.Found.Zip(rows).Where(pair => !pair.First.Contains(pair.Second)).Select(pair => pair.Second)];
            Print($"rows that do not find themselves among {candidates} candidates: {missing.Length} of {rows.Length}");
            if (missing.Length == 0)
                break;
            rows = missing;
        }
    }

    private static async Task FillPostgresAsync(string connection, int count, string kind)
    {
        using var store = new PgvectorVectorStore(connection);
        Print($"upserts of {PostgresBatch}, with the index: {(await FillAsync(Open(store, IndexKind.Hnsw), MadeVectors.Of(kind, count, Dimensions), count, PostgresBatch)).TotalSeconds:F1} s");
        await PrintSizesAsync(connection);
    }

    private static async Task LoadPostgresAsync(string connection, int count, string kind)
    {
        using var store = new PgvectorVectorStore(connection);
        Print($"upserts of {PostgresBatch}, without an index: {(await FillAsync(Open(store, IndexKind.Flat), MadeVectors.Of(kind, count, Dimensions), count, PostgresBatch)).TotalSeconds:F1} s");
        var start = Stopwatch.GetTimestamp();
        await Open(store, IndexKind.Hnsw).EnsureCollectionExistsAsync();
        Print($"index: {Stopwatch.GetElapsedTime(start).TotalSeconds:F1} s");
        await PrintSizesAsync(connection);
    }

    private static async Task PrintSizesAsync(string connection)
    {
        var database = NpgsqlDataSource.Create(connection);
        await using var closing = database;
        await using var command = database.CreateCommand("select pg_table_size('made'), pg_indexes_size('made')");
        await using var sizes = await command.ExecuteReaderAsync();
        await sizes.ReadAsync();
        Print($"table: {sizes.GetInt64(0) / 1e6:F0} MB, indexes: {sizes.GetInt64(1) / 1e6:F0} MB");
    }

    private static async Task AskPostgresAsync(string connection, int count, string kind)
    {
        var vectors = MadeVectors.Of(kind, count, Dimensions);
        var queries = Enumerable.Range(count, Queries).Select(vectors.At).ToArray();
        var all = Enumerable.Range(0, count).AsParallel().AsOrdered().Select(vectors.At).ToArray();
        var exact = queries.AsParallel().AsOrdered()
            .Select(query => all.Index().OrderByDescending(row => TensorPrimitives.Dot<float>(query, row.Item)).Take(Top).Select(row => row.Index).ToArray()).ToArray();
        foreach (var candidates in Candidates)
        {
            using var store = new PgvectorVectorStore(connection, new PgvectorVectorStoreOptions { GraphCandidates = candidates });
            var index = await AskAsync(Open(store, IndexKind.Hnsw), queries);
            Print($"index, {candidates} candidates: {index} a query; recall@{Top}: {Recall(index.Found, exact):F4}");
        }
    }

    private static int Number(string text) => int.Parse(text, CultureInfo.InvariantCulture);

    private static void Print(FormattableString line) => Console.WriteLine(line.ToString(CultureInfo.InvariantCulture));

    /// <summary>What queries took, and found.</summary>
    /// <param name="Median">Milliseconds.</param>
    /// <param name="Slow">Milliseconds that 95 of 100 queries take at most.</param>
    /// <param name="Found">The keys.</param>
    internal sealed record Answers(double Median, double Slow, int[][] Found)
    {
        /// <inheritdoc/>
        public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Median:F2} ms ({Slow:F2} ms)");
    }
}
