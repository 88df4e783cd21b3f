namespace Clip.Runtime.Numerics;

/// <summary>Says in words how far oneDNN computes in this process.</summary>
internal static class OneDnnReport
{
    /// <summary>A line for the report.</summary>
    /// <param name="trust">What was decided.</param>
    /// <param name="offBecause">Why libtorch does not call oneDNN, or null.</param>
    public static string Describe(OneDnnTrust trust, string? offBecause)
    {
        var limit = trust switch
        {
            { UserLimit: { } own } => $", {OneDnnTrust.Variable} is {own}",
            { MustBeLimited: true } => $", limited to {OneDnnTrust.SafeInstructions}",
            _ => "",
        };
        return (offBecause is null ? "in use" : $"off: {offBecause}") + limit;
    }

    /// <summary>What is slow or dangerous about it, or null.</summary>
    /// <param name="trust">What was decided.</param>
    /// <param name="offBecause">Why libtorch does not call oneDNN, or null.</param>
    public static DiagnosticProblem? FindProblem(OneDnnTrust trust, string? offBecause)
    {
        if (trust.IsOverruled)
        {
            return new($"oneDNN does not know the caches of this processor, and {OneDnnTrust.Variable}={trust.UserLimit} lets it compute: "
                + "results can be wrong, and the process can end with an arithmetic error.", $"Remove the variable {OneDnnTrust.Variable}.");
        }
        if (trust.MustBeLimited)
        {
            return new("oneDNN is not used, since the processor does not describe its caches: bfloat16 is not served, and convolutions of plain "
                + "modules and of training take libtorch's own way.",
                $"Let the hypervisor pass the caches through, or overrule this with the variable {OneDnnTrust.Variable}.");
        }
        return offBecause is null ? null
            : new($"oneDNN is not used, because {offBecause}: bfloat16 is not served.", "Report this line with the processor's name.");
    }
}
