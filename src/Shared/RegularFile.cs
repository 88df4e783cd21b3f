using System.Runtime.InteropServices;

namespace Clip.Shared;

/// <summary>The door for paths that a user gives where a regular file is needed: opening a named pipe waits for its other end, and a device never ends.</summary>
internal static class RegularFile
{
    // <fcntl.h> and <linux/stat.h>: AT_FDCWD, STATX_TYPE; stx_mode is the 16 bits behind seven words of 32.
    private const int CurrentFolder = -100;
    private const uint TypeOnly = 1;
    private const int LinuxModeOffset = 28;

    // <sys/stat.h> of macOS: st_mode follows a device number of 32 bits.
    private const int MacModeOffset = 4;

    private const int StatusBytes = 512;
    private const int TypeMask = 0xF000;

    /// <summary>What is wrong with a path, such as "is a named pipe, ..."; null for regular files, for folders, and where nothing is there.</summary>
    /// <param name="path">The path; links are followed.</param>
    public static string? FindProblem(string path)
    {
        // Nothing is there under such a name.
        if (path.Length == 0 || path.Contains('\0') || HasLength(path))
            return null;
        return (ReadMode(path) & TypeMask) switch
        {
            0x1000 => "is a named pipe, not a regular file.",
            0x2000 => "is a device, not a regular file.",
            0x6000 => "is a block device, not a regular file.",
            0xC000 => "is a socket, not a regular file.",
            _ => null,
        };
    }

    /// <summary>Requires that a path, if anything is there, names a regular file or a folder.</summary>
    /// <param name="path">The path; links are followed.</param>
    /// <exception cref="IOException">It names a pipe, a device or a socket.</exception>
    public static void Require(string path)
    {
        if (FindProblem(path) is { } problem)
            throw new IOException($"'{path}' {problem}");
    }

    /// <summary>Opens a file for reading.</summary>
    /// <param name="path">Its path.</param>
    /// <param name="bufferSize">Bytes that small reads are taken from; 0 for none.</param>
    /// <exception cref="IOException">It is a pipe, a device or a socket, or cannot be opened.</exception>
    public static FileStream OpenRead(string path, int bufferSize = 1 << 16)
    {
        Require(path);
        return new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete, bufferSize, FileOptions.SequentialScan);
    }

    /// <summary>Reads a small file whole.</summary>
    /// <param name="path">Its path.</param>
    /// <exception cref="IOException">It is a pipe, a device or a socket, or cannot be opened.</exception>
    public static byte[] ReadAllBytes(string path)
    {
        Require(path);
        return File.ReadAllBytes(path);
    }

    // On Linux only regular files have a length. .NET is asked first, since functions of libc are not found while another thread loads libtorch.
    private static bool HasLength(string path)
    {
        if (!OperatingSystem.IsLinux())
            return false;
        var file = new FileInfo(path);
        return file.Exists && file.Length > 0 && !file.Attributes.HasFlag(FileAttributes.ReparsePoint);
    }

    // The mode with the file's type; 0 where there is nothing, or where the system does not tell.
    private static int ReadMode(string path)
    {
        try
        {
            var status = new byte[StatusBytes];
            if (OperatingSystem.IsLinux())
                return StatX(CurrentFolder, path, 0, TypeOnly, status) == 0 ? BitConverter.ToUInt16(status, LinuxModeOffset) : 0;
            if (!OperatingSystem.IsMacOS())
                return 0;
            var result = RuntimeInformation.ProcessArchitecture == Architecture.X64 ? Stat64(path, status) : Stat(path, status);
            return result == 0 ? BitConverter.ToUInt16(status, MacModeOffset) : 0;
        }
        catch (Exception e) when (e is DllNotFoundException or EntryPointNotFoundException)
        {
            return 0;       // musl before 1.2.5 has no statx
        }
    }

    // Declared without a source generator, whose code would be unsafe in every package that links this file.
    [DllImport("libc", EntryPoint = "statx")]
    private static extern int StatX(int folder, [MarshalAs(UnmanagedType.LPUTF8Str)] string path, int flags, uint mask, byte[] status);

    [DllImport("libc", EntryPoint = "stat")]
    private static extern int Stat([MarshalAs(UnmanagedType.LPUTF8Str)] string path, byte[] status);

    [DllImport("libc", EntryPoint = "stat$INODE64")]
    private static extern int Stat64([MarshalAs(UnmanagedType.LPUTF8Str)] string path, byte[] status);
}
