using System.Globalization;

namespace Clip.Runtime.Diagnostics;

/// <summary>The memory this process can count on.</summary>
/// <param name="TotalBytes">What there is: the machine's, or the container's limit where that is lower.</param>
/// <param name="AvailableBytes">What of it is free or can be freed, or null where the system does not tell.</param>
internal readonly record struct MachineMemory(long TotalBytes, long? AvailableBytes)
{
    public static MachineMemory Detect()
    {
        var total = GC.GetGCMemoryInfo().TotalAvailableMemoryBytes;
        return new(total, ReadAvailable() is { } available ? Math.Min(available, total) : null);
    }

    // A line of /proc/meminfo: "MemAvailable:   23456789 kB".
    private static long? ReadAvailable()
    {
        const string Table = "/proc/meminfo", Key = "MemAvailable:";
        if (!OperatingSystem.IsLinux() || !File.Exists(Table))
            return null;

        var line = File.ReadLines(Table).FirstOrDefault(line => line.StartsWith(Key, StringComparison.Ordinal));
        var number = line?[Key.Length..].Replace("kB", "", StringComparison.Ordinal);
        return long.TryParse(number, CultureInfo.InvariantCulture, out var kibibytes) ? kibibytes * 1024 : null;
    }
}
