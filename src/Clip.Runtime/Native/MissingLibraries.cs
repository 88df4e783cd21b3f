using System.Runtime.InteropServices;

namespace Clip.Runtime.Native;

/// <summary>Says which native library is missing or does not load, and what to do about it.</summary>
internal static class MissingLibraries
{
    /// <summary>What to add to an application on this operating system.</summary>
    public static string Remedy
    {
        get
        {
            var identifier = NativeSearchPath.RuntimeIdentifier;
            if (identifier is not ("linux-x64" or "win-x64" or "win-arm64" or "osx-arm64"))
                return $"libtorch has no package for {identifier}; it has for linux-x64, win-x64, win-arm64 and osx-arm64.";

            var cuda = identifier switch
            {
                "linux-x64" => $", or TorchSharp-cuda-linux {TorchSharpVersion} for NVIDIA GPUs",
                "win-x64" => $", or TorchSharp-cuda-windows {TorchSharpVersion} for NVIDIA GPUs",
                _ => "",
            };
            return $"Add the package libtorch-cpu-{identifier} {LibTorchVersion} to the application{cuda}.";
        }
    }

    /// <summary>The version of libtorch that this TorchSharp was built against, such as 2.10.0.</summary>
    public static string LibTorchVersion => torch.NormalizeNuGetVersion(torch.__version__);

    /// <summary>The version of TorchSharp, such as 0.107.0.</summary>
    public static string TorchSharpVersion => typeof(torch).Assembly.GetName().Version!.ToString(3);

    /// <summary>Tries the libraries one by one.</summary>
    /// <returns>The first problem with its remedy, or null when everything loads.</returns>
    public static string? Describe()
    {
        var assembly = typeof(torch).Assembly;
        if (!NativeLibrary.TryLoad("torch_cpu", assembly, null, out _))
        {
            // Scripts and notebooks: TorchSharp gathers the libraries from the package folder by itself.
            if (IsInPackageFolder())
                return null;
            return NativeSearchPath.Find("torch_cpu") is { } found
                ? $"libtorch was found at '{found}' but does not load: {ReasonNotToLoad(found)}"
                : $"libtorch {LibTorchVersion}, the native library behind TorchSharp, was not found. {Remedy}";
        }

        if (!NativeLibrary.TryLoad("LibTorchSharp", assembly, null, out _))
        {
            return NativeSearchPath.Find("LibTorchSharp") is { } found
                ? $"TorchSharp's native library '{found}' does not load: {ReasonNotToLoad(found)}"
                : $"TorchSharp's native library was not found. Add the package TorchSharp {TorchSharpVersion} to the application.";
        }
        return null;
    }

    private static bool IsInPackageFolder()
    {
        var root = Environment.GetEnvironmentVariable("NUGET_PACKAGES");
        if (string.IsNullOrEmpty(root))
            root = Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".nuget", "packages");
        var isScript = typeof(torch).Assembly.Location.StartsWith(root, StringComparison.OrdinalIgnoreCase);
        return isScript && Directory.Exists(Path.Combine(root, $"libtorch-cpu-{NativeSearchPath.RuntimeIdentifier}", LibTorchVersion));
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
            // The loader's own words stand on the lines that name a file; the rest is general advice.
            var reasons = e.Message.Split('\n').Where(line => line.Contains(".so", StringComparison.Ordinal) && line.Contains(": ", StringComparison.Ordinal));
            var reason = string.Join(" ", reasons.Select(line => line.Trim()));
            if (reason.Contains("GLIBCXX", StringComparison.Ordinal))
                reason += " The C++ runtime of this system is too old: install libstdc++ of GCC 13 or newer, or use TorchSharp 0.107.0.";
            return reason.Length > 0 ? reason : e.Message;
        }
    }
}
