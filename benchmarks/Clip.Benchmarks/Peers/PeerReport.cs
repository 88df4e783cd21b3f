using System.Globalization;
using System.Text.Json;
using Clip.Runtime;

namespace Clip.Benchmarks.Peers;

/// <summary>Prints results as a table for people and as JSON for programs.</summary>
internal static class PeerReport
{
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

    /// <summary>Says what runs where.</summary>
    public static void WriteMachine(TextWriter output, DiagnosticReport machine, int threads) =>
        output.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{machine.CpuModel}, {machine.CpuCores} cores, {threads} threads; libtorch {machine.LibTorchVersion}, ONNX Runtime {OnnxPeer.Version} in float32."));

    /// <summary>Writes the table, and what is to be known about its lines.</summary>
    public static void WriteTable(TextWriter output, IReadOnlyList<PeerResult> results, MatrixProductPeak peak)
    {
        if (results.Count == 0)
            return;
        var width = results.Max(result => result.Case.Length);
        output.WriteLine();
        output.WriteLine($"{"case".PadRight(width)}  {"precision",-9} {"batch",6} {"ours ms",12} {"peer ms",12} {"ratio",7} {"of peak",8}");
        foreach (var result in results)
        {
            output.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"{result.Case.PadRight(width)}  {result.Precision,-9} {result.Batch,6} {result.OursMilliseconds,12:F2} {result.PeerMilliseconds,12:F2} {result.Ratio,7:F2} {result.PeakShare,8:P0}"));
        }
        output.WriteLine();
        foreach (var line in peak.Describe())
            output.WriteLine(line);
        foreach (var result in results.Where(result => result.Note is not null))
            output.WriteLine($"{result.Case}, {result.Precision}: {result.Note}");
    }

    /// <summary>The results as a JSON array.</summary>
    public static string ToJson(IReadOnlyList<PeerResult> results) => JsonSerializer.Serialize(results, Indented);
}
