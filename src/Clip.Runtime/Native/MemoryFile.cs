using System.Runtime.InteropServices;
using System.Runtime.Versioning;
using Microsoft.Win32.SafeHandles;

namespace Clip.Runtime.Native;

/// <summary>A Linux file without a name on any disk: memfd_create(2).</summary>
[SupportedOSPlatform("linux")]
internal static partial class MemoryFile
{
    private const uint CloseOnExec = 1;

    /// <summary>Creates a file of the given content.</summary>
    /// <param name="name">What debuggers show as its name.</param>
    /// <param name="content">The file's bytes.</param>
    /// <returns>The open file, or null where the kernel does not permit one.</returns>
    public static SafeFileHandle? Create(string name, ReadOnlySpan<byte> content)
    {
        try
        {
            var descriptor = OpenMemory(name, CloseOnExec);
            if (descriptor < 0)
                return null;

            var file = new SafeFileHandle(descriptor, ownsHandle: true);
            RandomAccess.Write(file, content, fileOffset: 0);
            return file;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or EntryPointNotFoundException or DllNotFoundException)
        {
            return null;
        }
    }

    /// <summary>The path by which this process opens the file.</summary>
    public static string PathOf(SafeFileHandle file) => $"/proc/self/fd/{file.DangerousGetHandle()}";

    [LibraryImport("libc", EntryPoint = "memfd_create", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int OpenMemory(string name, uint flags);
}
