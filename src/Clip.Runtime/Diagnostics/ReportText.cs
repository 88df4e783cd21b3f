using System.Globalization;
using System.Text;

namespace Clip.Runtime.Diagnostics;

/// <summary>Writes a report as aligned lines.</summary>
internal static class ReportText
{
    private const int LabelWidth = 13;

    public static string Write(DiagnosticReport report)
    {
        var text = new StringBuilder();
        void Line(string label, string value) =>
            text.Append(label.PadRight(LabelWidth)).AppendLine(value);

        Line("Clip", report.ClipVersion);
        Line("TorchSharp", $"{report.TorchSharpVersion}, {report.TorchSharpPath ?? "native library not found"}");
        if (report.AdaptedCopy is { } copy)
            Line("", $"adapted to this system's C++ runtime, in {copy}");
        Line("libtorch", $"{report.LibTorchVersion}, {report.LibTorchPath ?? "not found"}");
        Line(".NET", $"{report.Framework}, {report.RuntimeIdentifier}");
        Line("System", report.OperatingSystem);
        Line("CPU", $"{report.CpuModel}, {Count(report.CpuCores, "core")}, {Join(report.CpuFeatures)}");
        Line("Threads", report.IntraOpThreads is null ? "unknown" : $"{report.IntraOpThreads} in an operation, {report.InterOpThreads} between operations");
        Line("oneDNN", report.OneDnn);
        Line("Memory", Gibibytes(report.MemoryBytes) + (report.AvailableMemoryBytes is { } free ? $", {Gibibytes(free)} available" : ""));
        Line("CUDA", DescribeCuda(report));
        foreach (var device in report.CudaDevices)
            Line("", device.ToString());
        Line("MPS", report.HasMps ? "yes" : "no");
        Line("Runs on", report.Target?.ToString() ?? "nothing: see the problems");
        Line("Problems", report.Problems.Count == 0 ? "none" : report.Problems[0].ToString());
        foreach (var problem in report.Problems.Skip(1))
            Line("", problem.ToString());
        return text.ToString();
    }

    private static string DescribeCuda(DiagnosticReport report)
    {
        var backend = report.HasCudaBackend ? "libtorch for CUDA" : "libtorch without CUDA";
        var driver = report.CudaDriverVersion is { } version ? $"driver for CUDA {version}" : "no driver";
        return $"{backend}, {driver}, {Count(report.CudaDevices.Count, "device")}";
    }

    private static string Join(IReadOnlyList<string> features) => features.Count == 0 ? "no vector extensions" : string.Join(" ", features);

    private static string Count(int count, string noun) => count == 1 ? $"1 {noun}" : $"{count} {noun}s";

    private static string Gibibytes(long bytes) => string.Create(CultureInfo.InvariantCulture, $"{bytes / (double)(1L << 30):F1} GiB");
}
