namespace Clip.Runtime;

/// <summary>This machine does not have the requested device, or the device cannot serve the requested precision.</summary>
/// <remarks>The message says what is missing and what to do instead.</remarks>
public sealed class ComputeTargetException : NotSupportedException
{
    /// <summary>Creates the exception.</summary>
    /// <param name="problem">What cannot be served, and what to do instead.</param>
    public ComputeTargetException(DiagnosticProblem problem)
        : base(problem?.ToString())
    {
        ArgumentNullException.ThrowIfNull(problem);
        Problem = problem;
    }

    /// <summary>What cannot be served, and what to do instead.</summary>
    public DiagnosticProblem Problem { get; }
}
