using System.Runtime.InteropServices;
using Xunit;

namespace Clip.TestUtilities;

/// <summary>Named pipes without another end, which whoever opens them waits for.</summary>
public static partial class NamedPipe
{
    private const uint UserMayReadAndWrite = 0x180;

    /// <summary>Makes a pipe, or ends the test as skipped on systems without them.</summary>
    /// <param name="path">Its path.</param>
    /// <returns>The path.</returns>
    public static string Create(string path)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no pipes among its files.");
        Assert.Equal(0, Make(path, UserMayReadAndWrite));
        return path;
    }

    [LibraryImport("libc", EntryPoint = "mkfifo", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Make(string path, uint mode);
}
