using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Clip.Cli.Tests.Support;

/// <summary>Signals of Unix.</summary>
internal static unsafe partial class Signals
{
    /// <summary>SIGINT, Ctrl-C on a terminal.</summary>
    public const int Interrupt = 2;

    /// <summary>SIGTERM, the polite request to end.</summary>
    public const int Terminate = 15;

    // <signal.h>: SIG_DFL and SIG_IGN stand in the place of a handler's address, which is the first field of a struct sigaction. The rest
    // may be zero; the whole is smaller than this on Linux and macOS.
    private const nint Default = 0, Ignore = 1;
    private const int ActionFields = 64;

    /// <summary>Sends a signal to a process.</summary>
    public static void Send(int process, int signal) => Assert.Equal(0, Kill(process, signal));

    /// <summary>Starts a process whose disposition of SIGINT does not depend on how these tests were started.</summary>
    /// <remarks>
    /// What is ignored stays ignored in a child, and what is handled becomes the default there. The disposition of this process is therefore
    /// changed while the child is made.
    /// </remarks>
    public static Process StartWith(InterruptDisposition disposition, ProcessStartInfo start)
    {
        if (OperatingSystem.IsWindows())
            return Process.Start(start)!;

        var before = stackalloc nint[ActionFields];
        var during = stackalloc nint[ActionFields];
        new Span<nint>(during, ActionFields).Clear();
        during[0] = disposition == InterruptDisposition.Ignored ? Ignore : Default;
        Assert.Equal(0, SetAction(Interrupt, during, before));
        try
        {
            return Process.Start(start)!;
        }
        finally
        {
            Assert.Equal(0, SetAction(Interrupt, before, null));
        }
    }

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int Kill(int process, int signal);

    [LibraryImport("libc", EntryPoint = "sigaction")]
    private static partial int SetAction(int signal, nint* action, nint* before);
}
