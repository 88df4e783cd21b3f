using System.Globalization;
using System.Text.Json;
using Clip.Benchmarks.Peers;

namespace Clip.Benchmarks.Graphs;

/// <summary>Draws images per second over the batch, of this library and of ONNX Runtime, from results of <see cref="PeerComparison"/>.</summary>
/// <remarks>
/// <c>dotnet run -c Release --project benchmarks/Clip.Benchmarks -- graph RESULTS.json [RESULTS.json ...] --output GRAPH.svg</c>: each case and number of
/// threads is a pair of lines. The results are those of <c>peers --batches 1,2,4,... --threads N --json FILE</c>.
/// </remarks>
internal static class ThroughputGraph
{
    private const int UsageError = 2;
    private const string OutputOption = "--output";

    /// <summary>Draws the graph.</summary>
    /// <returns>The exit code.</returns>
    public static int Run(string[] args)
    {
        var option = Array.IndexOf(args, OutputOption);
        if (option < 1 || option != args.Length - 2)
        {
            Console.Error.WriteLine("graph RESULTS.json [RESULTS.json ...] --output GRAPH.svg");
            return UsageError;
        }

        var results = args[..option].SelectMany(Read).Where(result => result.Error is null).ToList();
        if (results.Count == 0)
        {
            Console.Error.WriteLine("Nothing was measured in these files.");
            return UsageError;
        }
        File.WriteAllText(args[^1], Draw(results));
        return 0;
    }

    /// <summary>The graph of results.</summary>
    /// <param name="results">What was measured; at least one.</param>
    /// <returns>An SVG document.</returns>
    public static string Draw(IReadOnlyCollection<PeerResult> results)
    {
        List<GraphLine> lines = [];
        var groups = results.GroupBy(result => (result.Case, result.Precision, result.Threads)).ToList();
        foreach (var (i, group) in groups.Index())
        {
            var (name, precision, threads) = group.Key;
            var label = string.Create(CultureInfo.InvariantCulture, $"{name}, {precision}, {threads} {(threads == 1 ? "thread" : "threads")}");
            lines.Add(new GraphLine($"{label}: this library", i, IsDashed: false, Points(group, result => result.OursMilliseconds)));
            lines.Add(new GraphLine($"{label}: ONNX Runtime", i, IsDashed: true, Points(group, result => result.PeerMilliseconds)));
        }
        return new LineGraph("images in a batch", "images per second", lines).ToSvg();
    }

    private static (double X, double Y)[] Points(IEnumerable<PeerResult> results, Func<PeerResult, double> milliseconds) =>
        [.. results.OrderBy(result => result.Batch).Select(result => ((double)result.Batch, 1000 * result.Batch / milliseconds(result)))];

    private static PeerResult[] Read(string path) => JsonSerializer.Deserialize<PeerResult[]>(File.ReadAllText(path))!;
}
