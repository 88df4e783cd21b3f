using System.Buffers;
using System.Runtime.CompilerServices;
using SixLabors.ImageSharp;
using SixLabors.ImageSharp.Memory;

namespace Clip.Preprocessing.ImageSharp;

/// <summary>Gives memory that nothing was in before, with zeros behind it.</summary>
/// <remarks>
/// ImageSharp's own allocators hand memory out as it is or without anything behind it. Its decoders of WebP and BMP do not write all of it where a
/// file is damaged, and where its rows of JPEG files are put together, three bytes behind their colors are read and stay if no row follows.
/// </remarks>
internal sealed class PaddedMemoryAllocator : MemoryAllocator
{
    /// <summary>Bytes of zeros behind what was asked for, at least: as many as the widest vector has.</summary>
    public const int Padding = 64;

    /// <inheritdoc/>
    public override IMemoryOwner<T> Allocate<T>(int length, AllocationOptions options = AllocationOptions.None)
    {
        if (length < 0 || length > Array.MaxLength - Padding)
            throw new InvalidMemoryOperationException($"{length} elements are none or more than an array holds.");
        return new PaddedMemory<T>(length);
    }

    /// <inheritdoc/>
    protected override int GetBufferCapacityInBytes() => int.MaxValue;

    private sealed class PaddedMemory<T>(int length) : IMemoryOwner<T>
        where T : struct
    {
        private readonly T[] _array = new T[length + (Padding + Unsafe.SizeOf<T>() - 1) / Unsafe.SizeOf<T>()];

        public Memory<T> Memory => _array.AsMemory(0, length);

        public void Dispose()
        {
        }
    }
}
