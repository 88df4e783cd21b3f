using System.Reflection;
using System.Runtime.InteropServices;
using System.Runtime.Loader;
using System.Runtime.Versioning;
using Microsoft.Win32.SafeHandles;

namespace Clip.Runtime.Native;

/// <summary>Answers the runtime when its own search for TorchSharp's native libraries has failed, and goes before it where it would find others.</summary>
/// <remarks>
/// The event is raised only after a failed search, so on a machine where TorchSharp loads by itself nothing here runs. A search that finds the
/// libtorch of another program does not fail: against that, the application's own is loaded before TorchSharp asks.
/// </remarks>
internal static class LibraryResolver
{
    // In the order of their dependencies: loaded first, they are found by name when the adapted copy asks for them.
    private static readonly string[] LibTorch = ["c10", "torch_cpu", "torch"];

    private static readonly Lock Gate = new();
    private static bool _registered;
    private static nint _torchSharp;

    /// <summary>
    /// Where the copy lies that was loaded in place of TorchSharp's library, such as "memory"; null where none was needed.
    /// </summary>
    public static string? AdaptedCopy { get; private set; }

    public static void Register()
    {
        if (!OperatingSystem.IsLinux())
            return;

        lock (Gate)
        {
            if (_registered)
                return;
            _registered = true;
            Subscribe();
        }
        if (ForeignLibTorch.Find() is not null)
            LoadBeforeTorchSharpAsks();
    }

    /// <summary>Loads the application's own libtorch by full path, unless a libtorch is loaded already. Where none is found, nothing happens.</summary>
    public static void LoadLibTorch()
    {
        if (!OperatingSystem.IsLinux() || LoadedLibraries.FindLoaded("torch_cpu").Count > 0)
            return;
        foreach (var library in LibTorch)
            Load(library);
    }

    private static void LoadBeforeTorchSharpAsks()
    {
        AppDomain.CurrentDomain.AssemblyLoad += (_, loaded) => LoadFor(loaded.LoadedAssembly);
        foreach (var assembly in AppDomain.CurrentDomain.GetAssemblies())
            LoadFor(assembly);

        static void LoadFor(Assembly assembly)
        {
            if (assembly.GetName().Name == "TorchSharp")
                LoadLibTorch();
        }
    }

    // The event is raised on the context of the assembly that asks: a plugin's TorchSharp lives in the plugin's own.
    [SupportedOSPlatform("linux")]
    private static void Subscribe()
    {
        AssemblyLoadContext.Default.ResolvingUnmanagedDll += (_, name) => Resolve(name);
        if (AssemblyLoadContext.GetLoadContext(typeof(LibraryResolver).Assembly) is { } own && own != AssemblyLoadContext.Default)
            own.ResolvingUnmanagedDll += (_, name) => Resolve(name);
    }

    [SupportedOSPlatform("linux")]
    private static nint Resolve(string name)
    {
        lock (Gate)
        {
            return name switch
            {
                "torch_cpu" => Load("torch_cpu"),
                "LibTorchSharp" => _torchSharp != 0 ? _torchSharp : _torchSharp = LoadTorchSharp(),
                _ => 0,
            };
        }
    }

    private static nint Load(string library) =>
        NativeSearchPath.Find(library) is { } path && NativeLibrary.TryLoad(path, out var handle) ? handle : 0;

    [SupportedOSPlatform("linux")]
    private static nint LoadTorchSharp()
    {
        if (NativeSearchPath.Find("LibTorchSharp") is not { } original)
            return 0;

        // Without its neighbors in the same folder, as in scripts, the library finds them once they are loaded.
        foreach (var library in LibTorch)
        {
            // By name alone: loaded by the application from a folder of its own.
            if (Load(library) == 0 && !NativeLibrary.TryLoad(NativeSearchPath.FileName(library), out _))
                return 0;
        }
        return NativeLibrary.TryLoad(original, out var handle) ? handle : LoadAdaptedCopy(original);
    }

    // The copy has no name that anyone else could lead to another file: what was adapted is what is loaded.
    [SupportedOSPlatform("linux")]
    private static nint LoadAdaptedCopy(string original)
    {
        var bytes = File.ReadAllBytes(original);
        if (AdaptedTorchSharp.Adapt(bytes) is null)
            return 0;

        using (var file = UnnamedFile.CreateInMemory(Path.GetFileName(original), bytes))
        {
            if (TryLoad(file, "memory", out var handle))
                return handle;
        }

        // Kernels may forbid to execute from memory.
        var folder = Path.GetTempPath();
        using (var file = UnnamedFile.CreateOnDisk(folder, bytes))
            return TryLoad(file, $"an unnamed file in {folder}", out var handle) ? handle : 0;
    }

    [SupportedOSPlatform("linux")]
    private static bool TryLoad(SafeFileHandle? file, string where, out nint handle)
    {
        handle = 0;
        if (file is null || !NativeLibrary.TryLoad(UnnamedFile.PathOf(file), out handle))
            return false;
        AdaptedCopy = where;
        return true;
    }
}
