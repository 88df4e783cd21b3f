using System.Globalization;

namespace Clip.Fuzz.Trials;

/// <summary>The most memory that the process had since the last reset, as Linux counts it.</summary>
internal static class ResidentMemory
{
    private const string ResetPeak = "5";

    private static bool s_isAvailable = OperatingSystem.IsLinux();

    /// <summary>The peak in bytes; 0 where the system does not say.</summary>
    public static long ReadPeak()
    {
        if (!s_isAvailable)
            return 0;
        var line = File.ReadLines("/proc/self/status").FirstOrDefault(line => line.StartsWith("VmHWM:", StringComparison.Ordinal));
        return line is null ? 0 : 1024 * long.Parse(line.AsSpan(6, line.Length - 6 - 3), NumberStyles.AllowLeadingWhite, CultureInfo.InvariantCulture);
    }

    /// <summary>Takes what the process has now as the peak.</summary>
    /// <returns>It, in bytes.</returns>
    public static long Reset()
    {
        try
        {
            if (s_isAvailable)
                File.WriteAllText("/proc/self/clear_refs", ResetPeak);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            s_isAvailable = false;
        }
        return ReadPeak();
    }
}
