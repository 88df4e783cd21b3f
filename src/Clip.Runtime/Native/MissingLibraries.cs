using System.Runtime.InteropServices;
using System.Runtime.Loader;

namespace Clip.Runtime.Native;

/// <summary>Says which native library is missing or does not load, and what to do about it.</summary>
internal static class MissingLibraries
{
    /// <summary>Tries the libraries one by one.</summary>
    /// <returns>The first problem, or null when everything loads.</returns>
    public static DiagnosticProblem? Find()
    {
        if (!Loads("torch_cpu"))
        {
            if (NativeSearchPath.Find("torch_cpu") is not { } path)
                return new($"libtorch {NativePackages.LibTorchVersion}, the native library behind TorchSharp, was not found.", NativePackages.Remedy);
            return IsGatheredByTorchSharp ? null : DoesNotLoad("libtorch", path);
        }

        if (!Loads("LibTorchSharp"))
        {
            if (NativeSearchPath.Find("LibTorchSharp") is not { } path)
                return new("TorchSharp's native library was not found.", $"Add the package TorchSharp {NativePackages.TorchSharpVersion} to the application.");
            return IsGatheredByTorchSharp ? null : FindForeignLibTorch() ?? DoesNotLoad("TorchSharp's native library", path);
        }
        return null;
    }

    // The symbols that TorchSharp then misses say nothing to a reader.
    private static DiagnosticProblem? FindForeignLibTorch()
    {
        var own = NativeSearchPath.Find("torch_cpu");
        if (own is not null && IsFirstOfItsName(own))
            return null;
        var ownFile = own is null ? null : File.ResolveLinkTarget(own, returnFinalTarget: true)?.FullName ?? own;
        if (LoadedLibraries.FindLoaded("torch_cpu").FirstOrDefault(path => path != ownFile) is not { } loaded)
            return null;

        var version = ForeignLibTorch.VersionOf(loaded) is { } found ? $"libtorch {found}" : "a libtorch of unknown version";
        var needed = $"TorchSharp {NativePackages.TorchSharpVersion} needs libtorch {NativePackages.LibTorchVersion}";
        return own is null
            ? new($"{needed}, which was not found; in its place the system loaded {version} from '{loaded}'.", NativePackages.Remedy)
            : new($"{needed}, but {version} was loaded from '{loaded}' before the application's own at '{own}'.",
                "Call TorchLibraries.EnsureLoaded() before TorchSharp is first used, or take that folder out of LD_LIBRARY_PATH.");
    }

    // Of two libraries of one name, those that ask by name get the one that was loaded first.
    private static bool IsFirstOfItsName(string path) =>
        NativeLibrary.TryLoad(path, out var own) && NativeLibrary.TryLoad(Path.GetFileName(path), out var first) && own == first;

    private static bool IsPlugin => AssemblyLoadContext.GetLoadContext(typeof(torch).Assembly) != AssemblyLoadContext.Default;

    // Scripts and notebooks: TorchSharp itself copies the libraries out of the package cache into one folder.
    private static bool IsGatheredByTorchSharp => !OperatingSystem.IsLinux() && NativeSearchPath.PackageCache is not null;

    private static bool Loads(string library)
    {
        try
        {
            return NativeLibrary.TryLoad(library, typeof(torch).Assembly, null, out _);
        }
        catch (DllNotFoundException)
        {
            return false;       // thrown by the LoadUnmanagedDll of a plugin's load context
        }
    }

    private static DiagnosticProblem DoesNotLoad(string what, string path)
    {
        var remedy = IsPlugin ? "Let LoadUnmanagedDll of the plugin's load context return zero for a library that does not load."
            : OperatingSystem.IsWindows() ? "Install the Microsoft Visual C++ Redistributable; restore the packages anew if it is installed."
            : OperatingSystem.IsLinux() ? "It needs glibc 2.34 and the libstdc++ of GCC 11 or newer: Debian 12, Ubuntu 22.04, RHEL 9 and later."
            : "Restore the packages anew.";
        return new($"{what} was found at '{path}' but does not load: {ReasonNotToLoad(path)}", remedy);
    }

    private static string ReasonNotToLoad(string path)
    {
        try
        {
            NativeLibrary.Free(NativeLibrary.Load(path));
            return "the runtime did not find it by name.";
        }
        catch (Exception e) when (e is DllNotFoundException or BadImageFormatException)
        {
            return Shorten(e.Message);
        }
    }

    // The loader's own words stand on the lines that name a file and a reason; the rest is general advice.
    private static string Shorten(string message)
    {
        var reasons = message.Split('\n', StringSplitOptions.TrimEntries)
            .Where(line => line.Contains(".so", StringComparison.Ordinal) && line.Contains(": ", StringComparison.Ordinal));
        var reason = string.Join(" ", reasons);
        return $"{(reason.Length > 0 ? reason : message).TrimEnd('.')}.";
    }
}
