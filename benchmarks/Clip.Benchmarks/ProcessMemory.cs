using System.Globalization;

namespace Clip.Benchmarks;

/// <summary>The resident memory of this process, as Linux counts it.</summary>
internal static class ProcessMemory
{
    /// <summary>Bytes now.</summary>
    public static long Resident() => Read("VmRSS:");

    /// <summary>Most bytes since the last <see cref="ResetPeak"/>.</summary>
    public static long Peak() => Read("VmHWM:");

    /// <summary>Lets the peak begin at what is resident now (proc(5), clear_refs).</summary>
    public static void ResetPeak() => File.WriteAllText("/proc/self/clear_refs", "5");

    /// <summary>Bytes that processes can still have.</summary>
    public static long Available() => Parse("/proc/meminfo", "MemAvailable:");

    private static long Read(string field) => Parse("/proc/self/status", field);

    private static long Parse(string file, string field)
    {
        var line = File.ReadLines(file).First(line => line.StartsWith(field, StringComparison.Ordinal));
        return long.Parse(line.AsSpan(field.Length).Trim().ToString().Split(' ')[0], CultureInfo.InvariantCulture) * 1024;
    }
}
