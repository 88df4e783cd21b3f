using System.Runtime.InteropServices;
using Clip.Runtime.Numerics;

namespace Clip.Runtime.Devices;

/// <summary>What the choice of a device depends on; the rules take these, so that tests can make machines up.</summary>
internal sealed record DeviceFacts
{
    /// <summary>The NVIDIA driver and its devices.</summary>
    public CudaDriver Driver { get; init; } = CudaDriver.Absent;

    /// <summary>Whether the application's libtorch is a build for CUDA.</summary>
    public bool HasCudaBackend { get; init; }

    /// <summary>Whether that build found the driver and a device to its liking.</summary>
    public bool CudaBackendStarts { get; init; }

    /// <summary>The package that brings a build for CUDA on this system, or null where there is none.</summary>
    public string? CudaPackage { get; init; }

    /// <summary>The version of macOS on an Apple-silicon machine, or null on any other.</summary>
    public Version? AppleSilicon { get; init; }

    /// <summary>Says why the CPU cannot compute in bfloat16, or null; asked only where bfloat16 is wanted, since it is found by trial.</summary>
    public Func<string?> FindBFloat16Problem { get; init; } = () => null;

    /// <summary>Whether CUDA can be used.</summary>
    public bool HasCuda => CudaBackendStarts && Driver.Devices.Count > 0;

    /// <summary>Whether Apple's Metal shaders can be used: libtorch 2.9 and later ask for macOS 14.</summary>
    public bool HasMps => AppleSilicon is { Major: >= 14 };

    /// <summary>The facts of this machine's CPU.</summary>
    public static DeviceFacts DetectCpu() => new() { FindBFloat16Problem = PlainOperators.FindBFloat16Problem };

    /// <summary>The facts of this machine. TorchSharp is loaded before.</summary>
    public static DeviceFacts Detect()
    {
        // Once TorchSharp has started, both questions are silent: it tried the library itself in its static constructor.
        var hasBackend = NativeLibrary.TryLoad("torch_cuda", typeof(torch).Assembly, null, out _);
        var isAppleSilicon = OperatingSystem.IsMacOS() && RuntimeInformation.ProcessArchitecture == Architecture.Arm64;
        return DetectCpu() with
        {
            Driver = CudaDriver.Detect(),
            HasCudaBackend = hasBackend,
            CudaBackendStarts = hasBackend && cuda.is_available(),
            CudaPackage = Native.NativePackages.Cuda is { } package ? $"{package} {Native.NativePackages.TorchSharpVersion}" : null,
            AppleSilicon = isAppleSilicon ? Environment.OSVersion.Version : null,
        };
    }
}
