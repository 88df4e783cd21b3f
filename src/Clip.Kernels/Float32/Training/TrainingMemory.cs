using System.Collections.Concurrent;
using System.Numerics;
using Clip.Kernels.Float32.Memory;

namespace Clip.Kernels.Float32.Training;

/// <summary>Memory that forward passes take and backward passes give back, kept from one step to the next.</summary>
/// <remarks>Fresh memory comes a page at a time, each of which the processor must first be interrupted for.</remarks>
internal sealed class TrainingMemory : IDisposable
{
    // Lengths are rounded up to so many steps between powers of two, so that batches of nearly the same size share memory.
    private const int StepsPerDoubling = 8;

    private readonly ConcurrentDictionary<long, ConcurrentBag<NativeFloats>> _free = [];
    private volatile bool _isDisposed;

    /// <summary>The memory of gradients of weights.</summary>
    public GradientMemory Gradients { get; } = new();

    /// <summary>Takes memory, whose elements are arbitrary.</summary>
    /// <param name="length">Elements that are needed at least.</param>
    public NativeFloats Rent(long length)
    {
        var rounded = Round(length);
        return _free.TryGetValue(rounded, out var bag) && bag.TryTake(out var floats) ? floats : NativeFloats.Uninitialized(rounded);
    }

    /// <summary>Gives memory back.</summary>
    public void Return(NativeFloats floats)
    {
        _free.GetOrAdd(floats.Length, _ => []).Add(floats);
        if (_isDisposed)
            Free();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _isDisposed = true;
        Free();
        Gradients.Dispose();
    }

    private static long Round(long length)
    {
        var step = Math.Max(1, (long)BitOperations.RoundUpToPowerOf2((ulong)length) / 2 / StepsPerDoubling);
        return (length + step - 1) / step * step;
    }

    private void Free()
    {
        foreach (var bag in _free.Values)
        {
            while (bag.TryTake(out var floats))
                floats.Dispose();
        }
    }
}
