namespace Clip.Hub;

/// <summary>How far the download of one file has come.</summary>
/// <param name="File">The file's path in the repository, with forward slashes.</param>
/// <param name="BytesReceived">Bytes of the file that are on this machine, those of an earlier, interrupted download included.</param>
/// <param name="TotalBytes">The size of the file in bytes.</param>
/// <param name="IsWaiting">
/// Whether another download of the same file, in this or in another process, is being waited for. The bytes are then those
/// that it has written so far.
/// </param>
public readonly record struct HubProgress(string File, long BytesReceived, long TotalBytes, bool IsWaiting = false);
