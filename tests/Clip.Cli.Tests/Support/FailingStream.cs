namespace Clip.Cli.Tests.Support;

/// <summary>An output that fails like a pipe whose reader has gone, or like a full disk, after so many bytes.</summary>
internal sealed class FailingStream(IOException error, long room = 0) : MemoryStream
{
    /// <summary>What a pipe says that nobody reads any more: EPIPE, ERROR_NO_DATA.</summary>
    public static IOException Closed { get; } = new("Broken pipe", OperatingSystem.IsWindows() ? 232 : 32);

    /// <summary>What a full disk says: ENOSPC, ERROR_DISK_FULL.</summary>
    public static IOException Full { get; } = new("No space left on device", OperatingSystem.IsWindows() ? 112 : 28);

    /// <summary>How often it failed.</summary>
    public int Failures { get; private set; }

    // Spans come here too, as in every stream that does not say otherwise.
    public override void Write(byte[] buffer, int offset, int count)
    {
        if (Length + count > room)
        {
            Failures++;
            throw error;
        }
        base.Write(buffer, offset, count);
    }
}
