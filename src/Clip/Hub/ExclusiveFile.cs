using Clip.Shared;

namespace Clip.Hub;

/// <summary>Files that one holder at a time can have open, in this process and in others.</summary>
/// <remarks>
/// .NET takes an advisory lock (flock) on Unix and denies sharing on Windows. The locks of Python's filelock package, which
/// huggingface_hub uses, are flock as well, and on Windows fail while the file is not shared. The system gives either back when
/// its process ends, however it ends; a lock file that merely lies there locks nothing.
/// </remarks>
internal static class ExclusiveFile
{
    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(100);

    // EWOULDBLOCK of Linux and of macOS, ERROR_SHARING_VIOLATION and ERROR_LOCK_VIOLATION of Windows.
    private static readonly int[] Violations = OperatingSystem.IsWindows() ? [unchecked((int)0x80070020), unchecked((int)0x80070021)]
        : OperatingSystem.IsLinux() ? [11] : [35];

    /// <summary>Opens a file for reading and writing, creating it if it is not there, when no one else has it.</summary>
    /// <param name="path">The file; its folder exists.</param>
    /// <param name="bufferSize">Bytes that writes are gathered in.</param>
    /// <param name="measure">Called while waiting: how far the holder has come, a number that changes while it gets on.</param>
    /// <param name="patience">How long to wait for a holder that does not get on.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="TimeoutException">The holder did not get on for so long.</exception>
    public static async Task<FileStream> OpenAsync(
        string path, int bufferSize, Func<long> measure, TimeSpan patience, CancellationToken cancellationToken)
    {
        var options = new FileStreamOptions
        {
            Mode = FileMode.OpenOrCreate,
            Access = FileAccess.ReadWrite,
            Share = FileShare.None,
            BufferSize = bufferSize,
            Options = FileOptions.Asynchronous,
        };
        // Those who share a cache folder wait for each other's locks, as in huggingface_hub; the umask still applies.
        if (!OperatingSystem.IsWindows())
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.OtherRead;

        RegularFile.Require(path);
        var reached = long.MinValue;
        var since = TimeProvider.System.GetTimestamp();
        while (true)
        {
            cancellationToken.ThrowIfCancellationRequested();
            try
            {
                return new FileStream(path, options);
            }
            catch (IOException e) when (Violations.Contains(e.HResult))
            {
                var measured = measure();
                if (measured != reached)
                    (reached, since) = (measured, TimeProvider.System.GetTimestamp());
                else if (patience != Timeout.InfiniteTimeSpan && TimeProvider.System.GetElapsedTime(since) > patience)
                    throw new TimeoutException($"Another process has held '{path}' for {patience} without getting on.", e);
            }
            await Task.Delay(PollInterval, cancellationToken).ConfigureAwait(false);
        }
    }
}
