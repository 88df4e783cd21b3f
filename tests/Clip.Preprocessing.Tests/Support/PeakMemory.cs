using System.Globalization;
using System.Runtime;

namespace Clip.Preprocessing.Tests.Support;

/// <summary>The most memory that the process has had, native memory included. No other test may run meanwhile.</summary>
internal static class PeakMemory
{
    private const string Resettable = "/proc/self/clear_refs";

    /// <summary>Whether the peak can be read and forgotten here.</summary>
    public static bool IsKnown => OperatingSystem.IsLinux() && File.Exists(Resettable);

    /// <summary>Forgets the peak, after what is unused has been given back.</summary>
    /// <returns>The memory that the process has now, in bytes.</returns>
    public static long Reset()
    {
        GCSettings.LargeObjectHeapCompactionMode = GCLargeObjectHeapCompactionMode.CompactOnce;
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        File.WriteAllText(Resettable, "5");
        return Read();
    }

    /// <summary>The most since then, in bytes.</summary>
    public static long Read()
    {
        var line = File.ReadLines("/proc/self/status").First(line => line.StartsWith("VmHWM:", StringComparison.Ordinal));
        return 1024 * long.Parse(line["VmHWM:".Length..^" kB".Length], NumberStyles.AllowLeadingWhite, CultureInfo.InvariantCulture);
    }
}
