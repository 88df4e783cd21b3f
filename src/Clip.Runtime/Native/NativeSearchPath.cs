using System.Runtime.InteropServices;

namespace Clip.Runtime.Native;

/// <summary>The folders in which native libraries may be, and the files found there.</summary>
internal static class NativeSearchPath
{
    /// <summary>
    /// Folders from the application's dependency file (single-file applications have their own folder there), then those
    /// beside the application, beside TorchSharp (plugins), and in the package cache (scripts and notebooks).
    /// </summary>
    public static IEnumerable<string> Folders
    {
        get
        {
            var listed = AppContext.GetData("NATIVE_DLL_SEARCH_DIRECTORIES") as string ?? "";
            return listed.Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
                .Concat(FoldersBelow(AppContext.BaseDirectory))
                .Concat(TorchSharpFolder is { } folder ? FoldersBelow(folder) : [])
                .Concat(PackageCache is { } cache ? FoldersOfPackages(cache) : [])
                .Distinct();
        }
    }

    /// <summary>The identifier under which packages keep this machine's libraries, such as linux-x64.</summary>
    public static string RuntimeIdentifier
    {
        get
        {
            // Alpine and its like: packages for linux-x64 are built against glibc and do not load there.
            var linux = RuntimeInformation.RuntimeIdentifier.Contains("musl", StringComparison.Ordinal) ? "linux-musl" : "linux";
            var system = OperatingSystem.IsWindows() ? "win" : OperatingSystem.IsMacOS() ? "osx" : linux;
            return $"{system}-{RuntimeInformation.ProcessArchitecture.ToString().ToLowerInvariant()}";
        }
    }

    /// <summary>The NuGet cache that TorchSharp itself was loaded from, as in scripts; null in built applications.</summary>
    public static string? PackageCache
    {
        get
        {
            // <cache>/torchsharp/<version>/lib/<framework>
            var package = TorchSharpFolder is { } folder ? Directory.GetParent(folder)?.Parent : null;
            return package?.Parent is { Name: "torchsharp", Parent: { } cache } ? cache.FullName : null;
        }
    }

    private static string? TorchSharpFolder =>
        typeof(torch).Assembly.Location is { Length: > 0 } location ? Path.GetDirectoryName(location) : null;

    /// <summary>The file name of a library on this operating system: "c10" is libc10.so, c10.dll or libc10.dylib.</summary>
    public static string FileName(string library) =>
        OperatingSystem.IsWindows() ? $"{library}.dll" : OperatingSystem.IsMacOS() ? $"lib{library}.dylib" : $"lib{library}.so";

    /// <summary>The full path of a library in the first folder that has it, or null.</summary>
    public static string? Find(string library) =>
        Folders.Select(folder => Path.Combine(folder, FileName(library))).FirstOrDefault(File.Exists);

    private static IEnumerable<string> FoldersBelow(string folder) =>
        [folder, Path.Combine(folder, "runtimes", RuntimeIdentifier, "native")];

    private static IEnumerable<string> FoldersOfPackages(string cache) =>
        new[] { ("torchsharp", NativePackages.TorchSharpVersion), (NativePackages.Cpu ?? "", NativePackages.LibTorchVersion) }
            .Select(package => Path.Combine(cache, package.Item1, package.Item2, "runtimes", RuntimeIdentifier, "native"));
}
