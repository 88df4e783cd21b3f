using System.IO.MemoryMappedFiles;
using Microsoft.Win32.SafeHandles;

namespace Clip.Shared.Search;

/// <summary>A part of a file, mapped into memory for reading.</summary>
internal sealed unsafe class MappedBytes : IDisposable
{
    private readonly MemoryMappedFile _file;
    private readonly MemoryMappedViewAccessor _view;
    private readonly byte* _start;

    /// <summary>Maps a part.</summary>
    /// <param name="handle">The file, open for reading; it may be closed after this.</param>
    /// <param name="offset">Where the part begins, in bytes.</param>
    /// <param name="length">Its bytes, at least 1; all within the file.</param>
    public MappedBytes(SafeFileHandle handle, long offset, long length)
    {
        Length = length;
        _file = MemoryMappedFile.CreateFromFile(handle, null, 0, MemoryMappedFileAccess.Read, HandleInheritability.None, leaveOpen: true);
        try
        {
            _view = _file.CreateViewAccessor(offset, length, MemoryMappedFileAccess.Read);
        }
        catch
        {
            _file.Dispose();
            throw;
        }
        byte* pointer = null;
        _view.SafeMemoryMappedViewHandle.AcquirePointer(ref pointer);
        // A view begins at a page; the offset is somewhere in it.
        _start = pointer + _view.PointerOffset;
    }

    /// <summary>Bytes of the part.</summary>
    public long Length { get; }

    /// <summary>Some of the bytes.</summary>
    /// <param name="offset">Where they begin in the part.</param>
    /// <param name="length">How many.</param>
    public ReadOnlySpan<byte> Slice(long offset, int length)
    {
        if (offset < 0 || length < 0 || offset > Length - length)
            throw new ArgumentOutOfRangeException(nameof(offset));
        return new ReadOnlySpan<byte>(_start + offset, length);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _view.SafeMemoryMappedViewHandle.ReleasePointer();
        _view.Dispose();
        _file.Dispose();
    }
}
