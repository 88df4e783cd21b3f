using System.Reflection;

namespace Clip.Runtime.Native;

/// <summary>The versions this library was built with, and the packages that bring the native libraries.</summary>
/// <remarks>Asks TorchSharp's type <c>torch</c> for nothing: its static constructor already needs the libraries.</remarks>
internal static class NativePackages
{
    /// <summary>The version of this library, such as 0.1.0.</summary>
    public static string ClipVersion { get; } = typeof(NativePackages).Assembly.GetName().Version!.ToString(3);

    /// <summary>The version of TorchSharp, such as 0.107.0.</summary>
    public static string TorchSharpVersion { get; } = typeof(torch).Assembly.GetName().Version!.ToString(3);

    /// <summary>The version of libtorch that TorchSharp needs, such as 2.10.0.</summary>
    public static string LibTorchVersion { get; } = typeof(NativePackages).Assembly
        .GetCustomAttributes<AssemblyMetadataAttribute>().Single(data => data.Key == "LibTorchVersion").Value!;

    /// <summary>The package of libtorch for the CPU on this system, or null where there is none.</summary>
    public static string? Cpu => NativeSearchPath.RuntimeIdentifier is "linux-x64" or "win-x64" or "win-arm64" or "osx-arm64"
        ? $"libtorch-cpu-{NativeSearchPath.RuntimeIdentifier}"
        : null;

    /// <summary>The package of libtorch for CUDA on this system, or null where there is none.</summary>
    public static string? Cuda => NativeSearchPath.RuntimeIdentifier switch
    {
        "linux-x64" => "TorchSharp-cuda-linux",
        "win-x64" => "TorchSharp-cuda-windows",
        _ => null,
    };

    /// <summary>What to add to an application that has no libtorch.</summary>
    public static string Remedy
    {
        get
        {
            if (Cpu is null)
                return $"libtorch has no package for {NativeSearchPath.RuntimeIdentifier}; it has for linux-x64 (glibc), win-x64, win-arm64 and osx-arm64.";

            var cuda = Cuda is null ? "" : $", or {Cuda} {TorchSharpVersion} for NVIDIA GPUs";
            return $"Add the package {Cpu} {LibTorchVersion} to the application{cuda}.";
        }
    }
}
