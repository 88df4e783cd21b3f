using Clip.Runtime.Cpu;
using Clip.Runtime.Devices;
using Clip.Runtime.Diagnostics;
using Clip.Runtime.Native;

namespace Clip.Runtime;

/// <summary>What Clip found on this machine, for a bug report: versions, libraries, CPU, GPUs, and what is in the way.</summary>
/// <remarks>
/// <see cref="ToString"/> writes it as aligned text. Paths are shortened where they begin with the user's home folder, so
/// that no user name is in it.
/// </remarks>
public sealed record DiagnosticReport
{
    internal DiagnosticReport()
    {
    }

    /// <summary>The version of Clip.</summary>
    public string ClipVersion { get; } = NativePackages.ClipVersion;

    /// <summary>The version of TorchSharp.</summary>
    public string TorchSharpVersion { get; } = NativePackages.TorchSharpVersion;

    /// <summary>The version of libtorch that TorchSharp is built for.</summary>
    public string LibTorchVersion { get; } = NativePackages.LibTorchVersion;

    /// <summary>Where libtorch was found, or null when it was not.</summary>
    public string? LibTorchPath { get; internal init; }

    /// <summary>Where TorchSharp's native library was found, or null when it was not.</summary>
    public string? TorchSharpPath { get; internal init; }

    /// <summary>
    /// Where the copy lies that was loaded in place of TorchSharp's native library: "memory", or an unnamed file.
    /// Null where the library itself loads.
    /// </summary>
    public string? AdaptedCopy { get; internal init; }

    /// <summary>The .NET runtime, such as ".NET 10.0.1".</summary>
    public required string Framework { get; init; }

    /// <summary>The operating system, such as "Debian GNU/Linux 12 (bookworm)".</summary>
    public required string OperatingSystem { get; init; }

    /// <summary>The system and architecture under which packages keep native libraries, such as "linux-x64".</summary>
    public required string RuntimeIdentifier { get; init; }

    /// <summary>The CPU's name.</summary>
    public required string CpuModel { get; init; }

    /// <summary>The logical processors this process may use.</summary>
    public required int CpuCores { get; init; }

    /// <summary>The instruction sets that matter to libtorch, of those this machine has.</summary>
    public required IReadOnlyList<string> CpuFeatures { get; init; }

    /// <summary>Threads libtorch computes one operation with, or null when it is not loaded.</summary>
    public int? IntraOpThreads { get; internal init; }

    /// <summary>Threads libtorch runs independent operations in, or null when it is not loaded.</summary>
    public int? InterOpThreads { get; internal init; }

    /// <summary>
    /// How far libtorch uses oneDNN, its library for convolutions and half precision: "in use", or "off" with the reason, and a limit on its
    /// instructions where the variable ONEDNN_MAX_CPU_ISA or this library has set one.
    /// </summary>
    public string OneDnn { get; internal init; } = "";

    /// <summary>The memory of the machine, or of the container where that is less, in bytes.</summary>
    public required long MemoryBytes { get; init; }

    /// <summary>What of it is available, in bytes, or null where the system does not tell.</summary>
    public long? AvailableMemoryBytes { get; internal init; }

    /// <summary>The newest CUDA that the NVIDIA driver serves, or null without a driver.</summary>
    public Version? CudaDriverVersion { get; internal init; }

    /// <summary>Whether the application's libtorch is a build for CUDA.</summary>
    public bool HasCudaBackend { get; internal init; }

    /// <summary>The NVIDIA GPUs this process may use, whether or not libtorch can.</summary>
    public IReadOnlyList<CudaDevice> CudaDevices { get; internal init; } = [];

    /// <summary>Whether Apple's Metal shaders can be used.</summary>
    public bool HasMps { get; internal init; }

    /// <summary>The device and precision that the arguments mean here, or null when they mean none.</summary>
    public ComputeTarget? Target { get; internal init; }

    /// <summary>What is missing or in the way, each with its remedy.</summary>
    public IReadOnlyList<DiagnosticProblem> Problems { get; internal init; } = [];

    /// <summary>Looks at this machine. Never throws: what is missing is a problem in the report.</summary>
    /// <param name="device">As for <see cref="ComputeTarget.Resolve(string, Precision)"/>.</param>
    /// <param name="precision">As for <see cref="ComputeTarget.Resolve(string, Precision)"/>.</param>
    public static DiagnosticReport Create(string device = "auto", Precision precision = Precision.Auto) =>
        ReportBuilder.Build(device, precision);

    /// <summary>The report as aligned lines of text.</summary>
    public override string ToString() => ReportText.Write(this);
}
