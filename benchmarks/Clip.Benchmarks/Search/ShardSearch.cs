using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using Clip.Shards;

namespace Clip.Benchmarks.Search;

/// <summary>Measures the exact search over embedded shards: the files that workers write, of 10,000 made vectors each.</summary>
/// <remarks><c>dotnet run -c Release --project benchmarks/Clip.Benchmarks -- search shards FOLDER COUNT</c>; the files are written where they are missing.</remarks>
internal static class ShardSearch
{
    private const int Dimensions = 512;
    private const int ShardRows = 10_000;
    private const int Queries = 50;

    /// <summary>Writes what is missing, and measures.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="count">How many vectors; a multiple of 10,000.</param>
    public static async Task RunAsync(string folder, int count)
    {
        var vectors = new ClusteredVectors(count, Dimensions);
        for (var begin = 0; begin < count; begin += ShardRows)
            Write(Path.Combine(folder, "img_emb", $"img_emb_{begin / ShardRows:D5}.npy"), vectors, begin, Math.Min(ShardRows, count - begin));
        var start = Stopwatch.GetTimestamp();
        using var embeddings = await ShardEmbeddings.OpenAsync(folder);
        Print($"open {embeddings.Shards.Count} shards: {Stopwatch.GetElapsedTime(start).TotalMilliseconds:F1} ms");
        var times = new double[Queries];
        for (var query = -3; query < Queries; query++)
        {
            var vector = vectors.At(count + Math.Max(query, 0));
            start = Stopwatch.GetTimestamp();
            var found = embeddings.FindClosest(vector, 10);
            if (query >= 0)
                times[query] = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
            if (found.Count != 10)
                throw new InvalidOperationException($"{found.Count} rows were found.");
        }
        Array.Sort(times);
        Print($"exact, {Environment.ProcessorCount} threads: {times[0]:F1} ms the fastest query, {times[Queries / 2]:F1} ms the median; managed {GC.GetTotalMemory(forceFullCollection: true) / 1e6:F0} MB");
    }

    private static void Write(string path, MadeVectors vectors, int begin, int count)
    {
        if (File.Exists(path))
            return;
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        var rows = Enumerable.Range(begin, count).AsParallel().AsOrdered().Select(place => Array.ConvertAll(vectors.At(place), value => (Half)value)).ToArray();
        using var file = File.Create(path);
        var header = string.Create(CultureInfo.InvariantCulture, $"{{'descr': '<f2', 'fortran_order': False, 'shape': ({count}, {Dimensions}), }}").PadRight(117) + "\n";
        file.Write([0x93, .. "NUMPY"u8, 1, 0, 118, 0, .. Encoding.ASCII.GetBytes(header)]);
        foreach (var row in rows)
            file.Write(MemoryMarshal.AsBytes<Half>(row));
    }

    private static void Print(FormattableString line) => Console.WriteLine(line.ToString(CultureInfo.InvariantCulture));
}
