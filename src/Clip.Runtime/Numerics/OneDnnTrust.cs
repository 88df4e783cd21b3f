using System.Runtime.Intrinsics.X86;
using Clip.Runtime.Cpu;

namespace Clip.Runtime.Numerics;

/// <summary>Whether oneDNN, libtorch's library for convolutions and half precision, computes what it should on a processor.</summary>
/// <remarks>
/// oneDNN divides its work by the sizes of the caches. Where the processor does not describe them it calculates with a byte: its AVX-512
/// kernels then leave parts of results unwritten, and kernels for AVX2 and AVX-512 divide by zero, which ends the process. Those for SSE4.1 are right.
/// </remarks>
internal sealed record OneDnnTrust
{
    /// <summary>The variable by which oneDNN is told which instructions it may use; the second is its older name.</summary>
    public const string Variable = "ONEDNN_MAX_CPU_ISA", OlderVariable = "DNNL_MAX_CPU_ISA";

    /// <summary>The instructions with which it is right on every processor.</summary>
    public const string SafeInstructions = "SSE41";

    /// <summary>Whether oneDNN knows the sizes of the caches.</summary>
    public required bool KnowsCaches { get; init; }

    /// <summary>The limit on instructions that the user has set, or null.</summary>
    public string? UserLimit { get; init; }

    /// <summary>Whether oneDNN has to be kept from computing here: it cannot be trusted, and the user has not decided otherwise.</summary>
    public bool MustBeLimited => !KnowsCaches && UserLimit is null;

    /// <summary>Whether the user lets oneDNN compute although it cannot be trusted.</summary>
    public bool IsOverruled => !KnowsCaches && UserLimit is not null && !UserLimit.Equals(SafeInstructions, StringComparison.OrdinalIgnoreCase);

    /// <summary>Decides for this process.</summary>
    public static OneDnnTrust Decide() => Decide(X86Base.IsSupported ? X86Base.CpuId : null, Environment.GetEnvironmentVariable);

    /// <summary>Decides for any processor and environment.</summary>
    /// <param name="read">Reads cpuid; null for a processor of another architecture.</param>
    /// <param name="getVariable">Reads an environment variable.</param>
    public static OneDnnTrust Decide(CpuIdReader? read, Func<string, string?> getVariable) => new()
    {
        KnowsCaches = read is null || CpuCaches.AreKnownToOneDnn(read),
        UserLimit = NotEmpty(getVariable(Variable)) ?? NotEmpty(getVariable(OlderVariable)),
    };

    private static string? NotEmpty(string? value) => string.IsNullOrEmpty(value) ? null : value;
}
