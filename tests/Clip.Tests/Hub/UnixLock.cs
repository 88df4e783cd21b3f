using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Clip.Tests.Hub;

/// <summary>An advisory lock taken by the system's own calls, as Python's filelock takes it: .NET locks whatever it opens itself.</summary>
public sealed partial class UnixLock : IDisposable
{
    // fcntl.h and sys/file.h: the same on Linux and macOS.
    private const int ReadWrite = 2;
    private const int Exclusive = 2;
    private const int DoNotWait = 4;
    private const int Unlock = 8;

    private readonly SafeFileHandle _handle;

    private UnixLock(SafeFileHandle handle) => _handle = handle;

    /// <summary>Opens a file that is there, without a lock.</summary>
    public static UnixLock Open(string path)
    {
        var handle = Open(path, ReadWrite);
        return handle.IsInvalid ? throw new IOException($"'{path}' cannot be opened.") : new(handle);
    }

    /// <summary>Takes the lock unless someone else has it.</summary>
    public bool TryAcquire() => Flock(_handle, Exclusive | DoNotWait) == 0;

    /// <summary>Gives the lock back.</summary>
    public void Release() => Assert.Equal(0, Flock(_handle, Unlock));

    public void Dispose() => _handle.Dispose();

    [LibraryImport("libc", EntryPoint = "open", StringMarshalling = StringMarshalling.Utf8)]
    private static partial SafeFileHandle Open(string path, int flags);

    [LibraryImport("libc", EntryPoint = "flock")]
    private static partial int Flock(SafeFileHandle handle, int operation);
}
