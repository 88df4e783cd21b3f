using Clip.Runtime.Devices;

namespace Clip.Runtime.Tests.Devices;

/// <summary>Machines that the rules are asked about.</summary>
internal static class Machines
{
    /// <summary>No GPU, and libtorch for the CPU.</summary>
    public static DeviceFacts Plain { get; } = new() { CudaPackage = "TorchSharp-cuda-linux 0.107.0" };

    /// <summary>An Apple-silicon machine.</summary>
    public static DeviceFacts Apple(int version) => new() { AppleSilicon = new Version(version, 1) };

    /// <summary>A machine with NVIDIA GPUs of these compute capabilities, driver and libtorch in order.</summary>
    public static DeviceFacts Nvidia(params string[] capabilities) => Plain with
    {
        HasCudaBackend = true,
        CudaBackendStarts = true,
        Driver = new CudaDriver
        {
            IsInstalled = true,
            CudaVersion = new Version(12, 8),
            Devices = [.. capabilities.Select((capability, i) => new CudaDevice(i, $"GPU {i}", Version.Parse(capability), 16L << 30))],
        },
    };
}
