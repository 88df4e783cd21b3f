using System.Runtime.InteropServices;
using Clip.Shared;

namespace Clip.Kernels.Float32.Memory;

/// <summary>Float32 elements outside the managed heap, aligned to cache lines.</summary>
internal sealed unsafe class NativeFloats : SafeHandle
{
    private const int CacheLine = 64;

    // Prefetches and the last tile of a row look a little beyond the end.
    private const long Margin = 1024;

    private static long s_liveBytes;

    private readonly long _bytes;

    /// <summary>Allocates memory, whose elements are zero at first.</summary>
    /// <param name="length">How many.</param>
    /// <exception cref="OutOfMemoryException">There is not enough memory.</exception>
    public NativeFloats(long length)
        : this(length, clear: true)
    {
    }

    private NativeFloats(long length, bool clear)
        : base(0, ownsHandle: true)
    {
        Length = length;
        _bytes = checked((length * sizeof(float) + Margin + CacheLine - 1) / CacheLine * CacheLine);
        SetHandle((nint)NativeMemory.AlignedAlloc((nuint)_bytes, CacheLine));
        // Of memory that is filled anyway, the margin alone: prefetches and the last tile of a row look a little beyond the end.
        var cleared = clear ? 0 : length * sizeof(float);
        FreshMemory.Populate((byte*)handle + cleared, _bytes - cleared);
        NativeMemory.Clear((byte*)handle + cleared, (nuint)(_bytes - cleared));
        Interlocked.Add(ref s_liveBytes, _bytes);
        GC.AddMemoryPressure(_bytes);
    }

    /// <summary>Memory that all instances of this process take, in bytes.</summary>
    public static long LiveBytes => Volatile.Read(ref s_liveBytes);

    /// <inheritdoc/>
    public override bool IsInvalid => handle == 0;

    /// <summary>Number of elements.</summary>
    public long Length { get; }

    /// <summary>The first element.</summary>
    /// <exception cref="ObjectDisposedException">The memory has been released.</exception>
    public float* Pointer
    {
        get
        {
            ObjectDisposedException.ThrowIf(IsClosed, this);
            return (float*)handle;
        }
    }

    /// <summary>Allocates memory whose elements are arbitrary at first.</summary>
    /// <param name="length">Number of elements.</param>
    /// <exception cref="OutOfMemoryException">There is not enough memory.</exception>
    public static NativeFloats Uninitialized(long length) => new(length, clear: false);

    /// <summary>Copies a tensor.</summary>
    /// <param name="tensor">A tensor of any floating-point dtype on any device.</param>
    public static NativeFloats Copy(Tensor tensor)
    {
        using var scope = NewDisposeScope();
        var source = TensorMemory.Dense(tensor);
        var copy = Uninitialized(source.numel());
        var length = copy.Length * sizeof(float);
        Buffer.MemoryCopy(TensorMemory.Pointer<float>(source), copy.Pointer, length, length);
        return copy;
    }

    /// <inheritdoc/>
    protected override bool ReleaseHandle()
    {
        NativeMemory.AlignedFree((void*)handle);
        Interlocked.Add(ref s_liveBytes, -_bytes);
        GC.RemoveMemoryPressure(_bytes);
        return true;
    }
}
