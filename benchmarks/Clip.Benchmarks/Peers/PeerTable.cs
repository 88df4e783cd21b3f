using System.Globalization;

namespace Clip.Benchmarks.Peers;

/// <summary>Prints results as a table for people, each row when it is measured.</summary>
/// <param name="output">Where to.</param>
/// <param name="cases">The names of all cases, for the width of their column.</param>
internal sealed class PeerTable(TextWriter output, IEnumerable<string> cases)
{
    private readonly int _width = cases.Select(name => name.Length).DefaultIfEmpty().Max();

    /// <summary>Writes the titles of the columns.</summary>
    public void WriteTitles()
    {
        output.WriteLine();
        output.WriteLine($"{"case".PadRight(_width)}  {"precision",-9} {"batch",6} {"ours ms",12} {"peer ms",12} {"ratio",7} {"of peak",8}");
    }

    /// <summary>Writes a row, and below it what else is to be known.</summary>
    public void Write(PeerResult result)
    {
        var row = $"{result.Case.PadRight(_width)}  {result.Precision,-9} {result.Batch,6}";
        output.WriteLine(result.Error is { } reason
            ? $"{row} not measured: {reason}"
            : string.Create(CultureInfo.InvariantCulture,
                $"{row} {result.OursMilliseconds,12:F2} {result.PeerMilliseconds,12:F2} {result.Ratio,7:F2} {(result.PeakShare > 0 ? result.PeakShare.ToString("P0", CultureInfo.InvariantCulture) : ""),8}"));
        if (result.Note is not null)
            output.WriteLine($"  {result.Note}");
        output.Flush();
    }

    /// <summary>Writes what the last column refers to.</summary>
    public void WritePeak(MatrixProductPeak peak)
    {
        output.WriteLine();
        foreach (var line in peak.Describe())
            output.WriteLine(line);
    }
}
