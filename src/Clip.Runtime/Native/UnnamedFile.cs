using System.Runtime.InteropServices;
using System.Runtime.Versioning;
using Microsoft.Win32.SafeHandles;

namespace Clip.Runtime.Native;

/// <summary>A Linux file without a name, which no other process can put another in the place of: memfd_create(2), or O_TMPFILE of open(2).</summary>
[SupportedOSPlatform("linux")]
internal static partial class UnnamedFile
{
    private const uint CloseOnExec = 1;

    // fcntl.h of x64: O_TMPFILE, O_CLOEXEC, O_RDWR. The file is read, written and executed by its owner alone.
    private const int OpenUnnamed = 0x410000 | 0x80000 | 2, OnlyTheUser = 0x1C0;

    /// <summary>Creates a file of the given content in memory.</summary>
    /// <param name="name">What debuggers show as its name.</param>
    /// <param name="content">The file's bytes.</param>
    /// <returns>The open file, or null where the kernel does not permit one.</returns>
    public static SafeFileHandle? CreateInMemory(string name, ReadOnlySpan<byte> content) => Fill(() => OpenMemory(name, CloseOnExec), content);

    /// <summary>Creates a file of the given content on the disk of a folder, in which it does not appear.</summary>
    /// <param name="folder">A folder in which the user may write.</param>
    /// <param name="content">The file's bytes.</param>
    /// <returns>The open file, or null where the folder's file system or its rights do not permit one.</returns>
    public static SafeFileHandle? CreateOnDisk(string folder, ReadOnlySpan<byte> content) => Fill(() => Open(folder, OpenUnnamed, OnlyTheUser), content);

    /// <summary>The path by which this process opens the file.</summary>
    public static string PathOf(SafeFileHandle file) => $"/proc/self/fd/{file.DangerousGetHandle()}";

    private static SafeFileHandle? Fill(Func<int> open, ReadOnlySpan<byte> content)
    {
        SafeFileHandle? file = null;
        try
        {
            var descriptor = open();
            if (descriptor < 0)
                return null;
            file = new SafeFileHandle(descriptor, ownsHandle: true);
            RandomAccess.Write(file, content, fileOffset: 0);
            return file;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or EntryPointNotFoundException or DllNotFoundException)
        {
            file?.Dispose();
            return null;
        }
    }

    [LibraryImport("libc", EntryPoint = "memfd_create", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int OpenMemory(string name, uint flags);

    [LibraryImport("libc", EntryPoint = "open", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Open(string path, int flags, int mode);
}
