using System.Runtime.InteropServices;

namespace Clip.Cli;

/// <summary>The end of this process at once.</summary>
internal static partial class ProcessEnd
{
    private const nint ThisProcess = -1;

    /// <summary>Ends the process without running what is registered for its end: that waits for threads which hang, and native libraries crash in it while they compute.</summary>
    /// <param name="exitCode">What the process returns.</param>
    public static void Now(int exitCode)
    {
        if (OperatingSystem.IsWindows())
            _ = Terminate(ThisProcess, (uint)exitCode);
        else
            Exit(exitCode);
    }

    [LibraryImport("libc", EntryPoint = "_exit")]
    private static partial void Exit(int exitCode);

    [LibraryImport("kernel32", EntryPoint = "TerminateProcess")]
    [return: MarshalAs(UnmanagedType.Bool)]
    private static partial bool Terminate(nint process, uint exitCode);
}
