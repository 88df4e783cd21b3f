namespace Clip.Cli;

/// <summary>Standard output or standard error that cannot be written to any more.</summary>
/// <param name="Stream">What it is called.</param>
/// <param name="Reason">Why.</param>
internal sealed record OutputLoss(string Stream, IOException Reason)
{
    /// <summary>What standard output is called.</summary>
    public const string Output = "standard output";

    /// <summary>What standard error is called.</summary>
    public const string Error = "standard error";

    // EPIPE; ECONNRESET of Linux and of macOS, for sockets; ERROR_BROKEN_PIPE, ERROR_NO_DATA of Windows.
    private static readonly int[] Closed = OperatingSystem.IsWindows() ? [109, 232] : [32, OperatingSystem.IsMacOS() ? 54 : 104];

    /// <summary>Whether nobody reads it any more, as of a pipe to a program that has enough: no fault that anyone has to be told.</summary>
    public bool IsClosed => Closed.Contains(Reason.HResult);

    /// <summary>What the command returns.</summary>
    public int ExitCode => IsClosed ? ExitCodes.OutputClosed : ExitCodes.Failure;

    /// <summary>What is wrong, for standard error.</summary>
    public string Message => $"{Stream} cannot be written: {Reason.Message}";
}
