using Clip.Runtime;

namespace Clip.Benchmarks;

/// <summary>The machine that figures come from.</summary>
internal static class Machine
{
    // As Clip.Runtime names them. With either, oneDNN has bfloat16 products in hardware.
    private static readonly string[] BFloat16Features = ["AVX512_BF16", "AMX-BF16"];

    private static readonly Lazy<DiagnosticReport> s_report = new(() => DiagnosticReport.Create("cpu"));

    /// <summary>What is known of it.</summary>
    public static DiagnosticReport Report => s_report.Value;

    /// <summary>Whether the processor multiplies bfloat16; others emulate it.</summary>
    public static bool HasBFloat16Products => Report.CpuFeatures.Intersect(BFloat16Features).Any();

    /// <summary>Says whose figures follow: the processor, its cores and its features.</summary>
    /// <param name="output">Where to.</param>
    public static void Write(TextWriter output) =>
        output.WriteLine($"{Report.CpuModel}, {Report.CpuCores} cores; {string.Join(" ", Report.CpuFeatures)}");
}
