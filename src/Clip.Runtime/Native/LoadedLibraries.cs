using System.ComponentModel;
using System.Diagnostics;

namespace Clip.Runtime.Native;

/// <summary>Where the native libraries of this process came from.</summary>
internal static class LoadedLibraries
{
    /// <summary>The path of a library that is loaded, else of the one that would be, else null.</summary>
    /// <param name="library">Its name without the prefix and ending of this system, such as torch_cpu.</param>
    public static string? Find(string library)
    {
        var fileName = NativeSearchPath.FileName(library);
        try
        {
            using var process = Process.GetCurrentProcess();
            foreach (ProcessModule module in process.Modules)
            {
                if (string.Equals(Path.GetFileName(module.FileName), fileName, StringComparison.OrdinalIgnoreCase))
                    return module.FileName;
            }
        }
        catch (Exception e) when (e is Win32Exception or InvalidOperationException or PlatformNotSupportedException)
        {
            // A system that does not list them; the search path still tells.
        }
        return NativeSearchPath.Find(library);
    }
}
