using System.Runtime.InteropServices;

namespace Clip.Runtime.Numerics;

/// <summary>The environment that native libraries of this process read.</summary>
internal static partial class ProcessEnvironment
{
    /// <summary>Sets a variable.</summary>
    /// <remarks>On Unix, .NET keeps an environment of its own, of which native libraries see nothing.</remarks>
    /// <returns>Whether it is set.</returns>
    public static bool Set(string name, string value)
    {
        try
        {
            if (!OperatingSystem.IsWindows())
                return SetVariable(name, value, overwrite: 1) == 0;
            Environment.SetEnvironmentVariable(name, value);
            return true;
        }
        catch (Exception e) when (e is DllNotFoundException or EntryPointNotFoundException or System.Security.SecurityException)
        {
            return false;
        }
    }

    [LibraryImport("libc", EntryPoint = "setenv", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int SetVariable(string name, string value, int overwrite);
}
