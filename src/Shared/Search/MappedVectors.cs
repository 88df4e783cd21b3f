using System.Numerics.Tensors;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Clip.Shared.Search;

/// <summary>Vectors where they lie in a file, in float32 or float16: a search reads what it needs, and no memory is taken for a million of them.</summary>
internal sealed class MappedVectors : IDisposable
{
    private readonly MappedBytes? _bytes;
    private readonly bool _isHalf;
    private readonly int _rowBytes;

    /// <summary>Maps vectors.</summary>
    /// <param name="file">The file, open for reading; it may be closed after this.</param>
    /// <param name="start">Where the first one begins, in bytes.</param>
    /// <param name="count">How many; all within the file.</param>
    /// <param name="size">Numbers of a vector.</param>
    /// <param name="isHalf">Whether they are float16.</param>
    public MappedVectors(SafeFileHandle file, long start, long count, int size, bool isHalf)
    {
        (Size, _isHalf, _rowBytes) = (size, isHalf, RowBytes(size, isHalf));
        _bytes = count == 0 ? null : new MappedBytes(file, start, count * _rowBytes);
    }

    /// <summary>Numbers of a vector.</summary>
    public int Size { get; }

    /// <summary>Bytes of a vector.</summary>
    /// <param name="size">Its numbers.</param>
    /// <param name="isHalf">Whether they are float16.</param>
    public static int RowBytes(int size, bool isHalf) => checked(size * (isHalf ? sizeof(short) : sizeof(float)));

    /// <summary>A vector in float32: where it lies, or in the buffer.</summary>
    /// <param name="row">Its place.</param>
    /// <param name="buffer">Room for one.</param>
    public ReadOnlySpan<float> Row(long row, Span<float> buffer)
    {
        var bytes = _bytes!.Slice(row * _rowBytes, _rowBytes);
        if (!_isHalf)
            return MemoryMarshal.Cast<byte, float>(bytes);
        TensorPrimitives.ConvertToSingle(MemoryMarshal.Cast<byte, Half>(bytes), buffer);
        return buffer[..Size];
    }

    /// <inheritdoc/>
    public void Dispose() => _bytes?.Dispose();
}
