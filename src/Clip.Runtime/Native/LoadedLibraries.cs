using System.ComponentModel;
using System.Diagnostics;

namespace Clip.Runtime.Native;

/// <summary>Where the native libraries of this process came from.</summary>
internal static class LoadedLibraries
{
    /// <summary>The path of a library that is loaded, else of the one that would be, else null.</summary>
    /// <param name="library">Its name without the prefix and ending of this system, such as torch_cpu.</param>
    public static string? Find(string library) => FindLoaded(library).FirstOrDefault() ?? NativeSearchPath.Find(library);

    /// <summary>The paths of loaded libraries of a name; on Linux also where the file's name ends in a version, as libtorch_cpu.so.1.13.</summary>
    /// <param name="library">The name without the prefix and ending of this system, such as torch_cpu.</param>
    public static IReadOnlyList<string> FindLoaded(string library)
    {
        var fileName = NativeSearchPath.FileName(library);
        try
        {
            using var process = Process.GetCurrentProcess();
            return [.. process.Modules.Cast<ProcessModule>().Select(module => module.FileName).Where(path => IsCalled(Path.GetFileName(path), fileName)).Distinct()];
        }
        catch (Exception e) when (e is Win32Exception or InvalidOperationException or PlatformNotSupportedException)
        {
            return [];      // a system that does not list them
        }
    }

    private static bool IsCalled(string name, string fileName) => string.Equals(name, fileName, StringComparison.OrdinalIgnoreCase)
        || (OperatingSystem.IsLinux() && name.StartsWith($"{fileName}.", StringComparison.Ordinal));
}
