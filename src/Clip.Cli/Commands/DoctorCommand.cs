using System.CommandLine;
using System.Reflection;
using Clip.Cli.Options;
using Clip.Models;
using Clip.Preprocessing;
using Clip.Runtime;

namespace Clip.Cli.Commands;

/// <summary>What this machine can do and what is in its way.</summary>
internal sealed class DoctorCommand : ToolCommand
{
    private readonly Option<string?> _device = DeviceOptions.Device();

    private readonly Option<string?> _precision = DeviceOptions.Precision();

    public DoctorCommand(ToolConsole console)
        : base("doctor", "Report versions, native libraries, devices, decoders, and what to do about what is missing.", console)
    {
        Options.Add(_device);
        Options.Add(_precision);
    }

    public override IReadOnlyList<string> Examples => ["clip doctor", "clip doctor --device cuda", "clip doctor --json"];

    /// <summary>The version of the tool, such as 0.1.0.</summary>
    public static string ToolVersion { get; } =
        typeof(DoctorCommand).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion.Split('+')[0];

    protected override Task<int> RunAsync(Invocation invocation)
    {
        // First, since it may find that oneDNN has to be turned off, which the report tells.
        var selfTest = SelfTestSummary.Run();
        invocation.Cancelled.ThrowIfCancellationRequested();
        var report = DiagnosticReport.Create(invocation.Get(_device)!, DeviceOptions.Parse(invocation.Get(_precision)));
        if (invocation.IsJson)
        {
            Json.WriteDocument(invocation.Console, Describe(report, selfTest));
        }
        else
        {
            invocation.Console.Output.WriteLine($"{"Tool",-13}{ToolVersion}, {AppContext.BaseDirectory}");
            invocation.Console.Output.WriteLine($"{"Images",-13}{ImageDecoders.Describe()}");
            invocation.Console.Output.WriteLine($"{"Image towers",-13}{string.Join(", ", SupportedTowers.Images)}");
            invocation.Console.Output.WriteLine($"{"Text towers",-13}{string.Join(", ", SupportedTowers.Texts)}");
            foreach (var (label, line) in selfTest.Lines.Select((line, i) => (i == 0 ? "Self-test" : "", line)))
                invocation.Console.Output.WriteLine($"{label,-13}{line}");
            invocation.Console.Output.Write(Wording.Translate(report.ToString()));
        }
        return Task.FromResult(report.Target is null || !selfTest.Passes ? ExitCodes.Failure : ExitCodes.Ok);
    }

    private static JsonFields Describe(DiagnosticReport report, SelfTestSummary selfTest) => new()
    {
        ["toolVersion"] = ToolVersion,
        ["toolPath"] = AppContext.BaseDirectory,
        ["clipVersion"] = report.ClipVersion,
        ["torchSharpVersion"] = report.TorchSharpVersion,
        ["torchSharpPath"] = report.TorchSharpPath,
        ["adaptedCopy"] = report.AdaptedCopy,
        ["libTorchVersion"] = report.LibTorchVersion,
        ["libTorchPath"] = report.LibTorchPath,
        ["framework"] = report.Framework,
        ["operatingSystem"] = report.OperatingSystem,
        ["runtimeIdentifier"] = report.RuntimeIdentifier,
        ["cpuModel"] = report.CpuModel,
        ["cpuCores"] = report.CpuCores,
        ["cpuFeatures"] = report.CpuFeatures,
        ["intraOpThreads"] = report.IntraOpThreads,
        ["interOpThreads"] = report.InterOpThreads,
        ["memoryBytes"] = report.MemoryBytes,
        ["availableMemoryBytes"] = report.AvailableMemoryBytes,
        ["cudaDriverVersion"] = report.CudaDriverVersion?.ToString(),
        ["hasCudaBackend"] = report.HasCudaBackend,
        ["cudaDevices"] = report.CudaDevices.Select(device => new JsonFields
        {
            ["index"] = device.Index,
            ["name"] = device.Name,
            ["computeCapability"] = device.ComputeCapability.ToString(),
            ["memoryBytes"] = device.MemoryBytes,
        }),
        ["hasMps"] = report.HasMps,
        ["oneDnn"] = report.OneDnn,
        ["selfTest"] = new JsonFields
        {
            ["passes"] = selfTest.Passes,
            ["notRun"] = selfTest.NotRun,
            ["operations"] = selfTest.Results.Select(result => new JsonFields
            {
                ["operation"] = result.Operation,
                ["error"] = result.Error,
                ["bound"] = result.Bound,
                ["passes"] = result.Passes,
            }),
        },
        ["imageDecoders"] = ImageDecoders.Describe(),
        ["imageTowers"] = SupportedTowers.Images,
        ["textTowers"] = SupportedTowers.Texts,
        ["target"] = report.Target is null ? null : new JsonFields { ["device"] = report.Target.Device.ToString(), ["precision"] = report.Target.Precision },
        ["problems"] = report.Problems.Select(problem => new JsonFields { ["description"] = Wording.Translate(problem.Description), ["remedy"] = Wording.Translate(problem.Remedy) }),
    };
}
