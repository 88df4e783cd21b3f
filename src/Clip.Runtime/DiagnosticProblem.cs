namespace Clip.Runtime;

/// <summary>Something that is missing or in the way on this machine, and what to do about it.</summary>
/// <param name="Description">What is wrong, as a sentence.</param>
/// <param name="Remedy">What to do, as a sentence.</param>
public sealed record DiagnosticProblem(string Description, string Remedy)
{
    /// <summary>The two sentences.</summary>
    public override string ToString() => $"{Description} {Remedy}";
}
