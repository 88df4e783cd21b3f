using System.Runtime.InteropServices;
using System.Runtime.Loader;

namespace Clip.Runtime.Native;

/// <summary>Answers the runtime when its own search for TorchSharp's native library has failed.</summary>
/// <remarks>
/// The event is raised only after a failed search, so on a machine where TorchSharp loads by itself nothing here runs.
/// </remarks>
internal static class LibraryResolver
{
    private const string TorchSharpLibrary = "LibTorchSharp";

    // In the order of their dependencies: loaded first, they are found by name when the copy in the cache asks for them.
    private static readonly string[] LibTorch = ["c10", "torch_cpu", "torch"];

    private static readonly Lock Gate = new();
    private static bool _registered;
    private static nint _handle;

    /// <summary>The copy that was loaded in place of TorchSharp's library, or null where none was needed.</summary>
    public static string? AdaptedCopy { get; private set; }

    public static void Register()
    {
        lock (Gate)
        {
            if (_registered || !OperatingSystem.IsLinux())
                return;
            _registered = true;
            AssemblyLoadContext.Default.ResolvingUnmanagedDll += (_, name) => Resolve(name);
        }
    }

    private static nint Resolve(string name)
    {
        if (name != TorchSharpLibrary)
            return 0;

        lock (Gate)
        {
            if (_handle == 0 && NativeSearchPath.Find(TorchSharpLibrary) is { } original)
                _handle = LoadAdaptedCopy(original);
            return _handle;
        }
    }

    private static nint LoadAdaptedCopy(string original)
    {
        if (NativeLibrary.TryLoad(original, out var handle))
            return handle;

        var folder = NativeSearchPath.Find(LibTorch[0]) is { } first ? Path.GetDirectoryName(first)! : null;
        if (folder is null || AdaptedTorchSharp.Create(original) is not { } copy)
            return 0;

        foreach (var library in LibTorch)
        {
            if (!NativeLibrary.TryLoad(Path.Combine(folder, NativeSearchPath.FileName(library)), out _))
                return 0;
        }

        if (!NativeLibrary.TryLoad(copy, out handle))
            return 0;
        AdaptedCopy = copy;
        return handle;
    }
}
