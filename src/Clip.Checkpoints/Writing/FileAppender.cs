using Microsoft.Win32.SafeHandles;

namespace Clip.Checkpoints.Writing;

/// <summary>Writes bytes one after another to an open file.</summary>
internal sealed class FileAppender(SafeFileHandle handle)
{
    private long _position;

    /// <summary>Appends bytes.</summary>
    public void Write(ReadOnlySpan<byte> bytes)
    {
        RandomAccess.Write(handle, bytes, _position);
        _position += bytes.Length;
    }
}
