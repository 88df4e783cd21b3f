namespace Clip.Runtime;

/// <summary>TorchSharp's native libraries are missing or cannot be loaded on this machine.</summary>
/// <remarks>The message names the package to add for this operating system, or the reason the library did not load.</remarks>
public sealed class TorchNotFoundException : DllNotFoundException
{
    /// <summary>Creates the exception.</summary>
    /// <param name="problem">What is missing and what to add.</param>
    /// <param name="innerException">What the loader said, if anything.</param>
    public TorchNotFoundException(DiagnosticProblem problem, Exception? innerException = null)
        : base(problem?.ToString(), innerException)
    {
        ArgumentNullException.ThrowIfNull(problem);
        Problem = problem;
    }

    /// <summary>What is missing and what to add.</summary>
    public DiagnosticProblem Problem { get; }
}
