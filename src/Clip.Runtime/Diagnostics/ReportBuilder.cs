using System.Runtime.InteropServices;
using Clip.Runtime.Cpu;
using Clip.Runtime.Devices;
using Clip.Runtime.Native;
using Clip.Runtime.Numerics;

namespace Clip.Runtime.Diagnostics;

/// <summary>Gathers a report, turning what goes wrong into its problems.</summary>
internal static class ReportBuilder
{
    public static DiagnosticReport Build(string device, Precision precision)
    {
        var problems = new List<DiagnosticProblem>();
        var isLoaded = Try(problems, () => { TorchLibraries.EnsureLoaded(); return true; });
        var facts = Try(problems, () => isLoaded ? DeviceFacts.Detect() : new DeviceFacts { Driver = CudaDriver.Detect() }) ?? new();
        var target = isLoaded ? Try(problems, () => ComputeTarget.Resolve(device, precision)) : null;
        var memory = Try(problems, MachineMemory.Detect);

        var report = new DiagnosticReport
        {
            LibTorchPath = Try(problems, () => Shorten(LoadedLibraries.Find("torch_cpu"))),
            TorchSharpPath = Try(problems, () => Shorten(FindTorchSharp())),
            AdaptedCopy = Shorten(LibraryResolver.AdaptedCopy),
            Framework = RuntimeInformation.FrameworkDescription,
            OperatingSystem = RuntimeInformation.OSDescription,
            RuntimeIdentifier = NativeSearchPath.RuntimeIdentifier,
            CpuModel = Try(problems, Cpu.CpuModel.Detect) ?? "",
            CpuCores = Environment.ProcessorCount,
            CpuFeatures = Try(problems, Cpu.CpuFeatures.Detect) ?? [],
            IntraOpThreads = isLoaded ? get_num_threads() : null,
            InterOpThreads = isLoaded ? get_num_interop_threads() : null,
            MemoryBytes = memory.TotalBytes,
            AvailableMemoryBytes = memory.AvailableBytes,
            CudaDriverVersion = facts.Driver.CudaVersion,
            HasCudaBackend = facts.HasCudaBackend,
            CudaDevices = facts.Driver.Devices,
            HasMps = facts.HasMps,
            OneDnn = OneDnnReport.Describe(OneDnnGuard.Trust, OneDnnGuard.OffBecause),
            Target = target,
        };

        if (isLoaded)
            problems.AddRange(ReportProblems.Find(report, facts, OneDnnReport.FindProblem(OneDnnGuard.Trust, OneDnnGuard.OffBecause)));
        return report with { Problems = [.. problems.Distinct().Select(Shorten)] };
    }

    // The file TorchSharp ships, also where an adapted copy of it is loaded.
    private static string? FindTorchSharp() =>
        LibraryResolver.AdaptedCopy is null ? LoadedLibraries.Find("LibTorchSharp") : NativeSearchPath.Find("LibTorchSharp");

    private static string? Shorten(string? path) => path is null ? null : HomeFolder.Shorten(path);

    private static T? Try<T>(List<DiagnosticProblem> problems, Func<T> read)
    {
        try
        {
            return read();
        }
        catch (ComputeTargetException e)
        {
            problems.Add(e.Problem);
        }
        catch (TorchNotFoundException e)
        {
            problems.Add(e.Problem);
        }
        catch (ArgumentException e)
        {
            problems.Add(new(e.Message, "Ask for a device and a precision that exist."));
        }
#pragma warning disable CA1031 // The report is for machines on which something unforeseen is wrong.
        catch (Exception e)
#pragma warning restore CA1031
        {
            problems.Add(new($"{e.GetType().Name}: {e.Message}", "Report this line."));
        }
        return default;
    }

    private static DiagnosticProblem Shorten(DiagnosticProblem problem) =>
        new(HomeFolder.Shorten(problem.Description), HomeFolder.Shorten(problem.Remedy));
}
