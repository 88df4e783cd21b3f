using System.Runtime.InteropServices;

namespace Clip.Cli;

/// <summary>Standard output or standard error of this process where it is redirected.</summary>
/// <remarks>
/// The streams of <see cref="System.Console"/> take a closed pipe for success, so that a command would write for ever; a
/// <see cref="FileStream"/> writes at positions of its own, over what other processes have written into the same file.
/// </remarks>
internal sealed unsafe partial class StandardStream(int descriptor) : OutputStream
{
    /// <summary>Standard output.</summary>
    public const int Output = 1;

    /// <summary>Standard error.</summary>
    public const int Error = 2;

    // EINTR; EAGAIN of Linux and of macOS: others may have set the pipe not to block.
    private const int Interrupted = 4;
    private const short WaitForRoom = 4;      // POLLOUT

    private static readonly int TryAgain = OperatingSystem.IsMacOS() ? 35 : 11;

    /// <summary>Writes all bytes.</summary>
    /// <exception cref="IOException">They cannot be written; the HResult is the system's number of the error.</exception>
    public override void Write(ReadOnlySpan<byte> buffer)
    {
        fixed (byte* start = buffer)
        {
            for (var written = 0; written < buffer.Length;)
                written += WriteSome(start + written, buffer.Length - written);
        }
    }

    public override void Flush()
    {
    }

    private int WriteSome(byte* start, int count)
    {
        if (OperatingSystem.IsWindows())
        {
            // STD_OUTPUT_HANDLE is -11, STD_ERROR_HANDLE -12.
            return WriteFile(GetStandardHandle(-10 - descriptor), start, count, out var done, 0) ? done : throw LastError();
        }

        if (WriteTo(descriptor, start, count) is >= 0 and var written)
            return (int)written;
        var error = Marshal.GetLastPInvokeError();
        if (error == TryAgain)
        {
            var wait = new Wait { Descriptor = descriptor, Events = WaitForRoom };
            Poll(&wait, 1, -1);
            return 0;
        }
        return error == Interrupted ? 0 : throw LastError();
    }

    private static IOException LastError()
    {
        var error = Marshal.GetLastPInvokeError();
        return new IOException(Marshal.GetPInvokeErrorMessage(error), error);
    }

    [LibraryImport("libc", EntryPoint = "write", SetLastError = true)]
    private static partial nint WriteTo(int descriptor, byte* bytes, nint count);

    [LibraryImport("libc", EntryPoint = "poll", SetLastError = true)]
    private static partial int Poll(Wait* waits, nuint count, int timeout);

    [LibraryImport("kernel32", EntryPoint = "GetStdHandle")]
    private static partial nint GetStandardHandle(int which);

    [LibraryImport("kernel32", EntryPoint = "WriteFile", SetLastError = true)]
    [return: MarshalAs(UnmanagedType.Bool)]
    private static partial bool WriteFile(nint handle, byte* bytes, int count, out int written, nint overlapped);

    // struct pollfd of <poll.h>.
    private struct Wait
    {
        public int Descriptor;
        public short Events;
        public short Happened;
    }
}
